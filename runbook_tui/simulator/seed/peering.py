"""Guide, section 7: the VPC is peered with that of MongoDB Atlas, which asks for it from an account of its own."""

from typing import Any, Final

from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.seed.network import Places
from runbook_tui.simulator.world import World

ATLAS_ACCOUNT: Final = "210987654321"


def seed(world: World, places: Places) -> str:
    """The id of the connection: accepted, and routed to from the private subnets."""
    connection = ask(world, places.vpc)
    world.call("ec2", "AcceptVpcPeeringConnection", VpcPeeringConnectionId=connection)
    for table in private_tables(world, places):
        world.call(
            "ec2",
            "CreateRoute",
            RouteTableId=table,
            DestinationCidrBlock=SITE.db.atlas.cidr,
            VpcPeeringConnectionId=connection,
        )
    return connection


def ask(world: World, vpc: str) -> str:
    """What Atlas does when somebody asks it for a connection: it now waits to be accepted."""
    from moto.ec2.models import ec2_backends

    atlas: Any = ec2_backends[ATLAS_ACCOUNT][world.region]
    theirs = atlas.create_vpc(SITE.db.atlas.cidr)
    made = atlas.create_vpc_peering_connection(theirs, world.backend("ec2").get_vpc(vpc))
    return str(made.id)


def private_tables(world: World, places: Places) -> list[str]:
    filters = [{"Name": "association.subnet-id", "Values": list(places.private)}]
    tables = world.call("ec2", "DescribeRouteTables", Filters=filters)["RouteTables"]
    return sorted(str(each["RouteTableId"]) for each in tables)
