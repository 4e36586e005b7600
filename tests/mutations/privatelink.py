"""Atlas by the other way, for a site that chooses it: atlas.connectivity.privatelink"""

from msgspec.structs import replace

from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, PASS, SKIP, WARN, Row, both
from tests.support.changes import group_id, subnet_id, vpc_id
from tests.support.standing import Standing

SERVICE = f"com.amazonaws.vpce.{SITE.aws.region}.vpce-svc-0a1b2c3d4e5f60718"
PORTS = {"IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535}
OF_PEERING = ("access-list", "connectivity.peering", "connectivity.routes", "dns-peering")
# the hosts of the URIs in the secrets are still those of the peering
CHOSEN = {f"atlas.{name}": SKIP for name in OF_PEERING} | both("atlas.uri-private", WARN)


def _chosen(world: Standing) -> None:
    atlas = replace(world.site.db.atlas, connectivity="privatelink", endpoint_service=SERVICE)
    world.change_site("db", atlas=atlas)


def _built(world: Standing) -> None:
    """The endpoint in both zones, a group that admits the tasks to it, and theirs that lets them out."""
    _chosen(world)
    ec2, vpc, tasks = world.client("ec2"), vpc_id(world), group_id(world, SITE.net.sg_ecs)
    group = ec2.create_security_group(GroupName="atlas", Description="Atlas", VpcId=vpc)["GroupId"]
    from_tasks = [{**PORTS, "UserIdGroupPairs": [{"GroupId": tasks}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=from_tasks)
    to_atlas = [{**PORTS, "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.authorize_security_group_egress(GroupId=tasks, IpPermissions=to_atlas)
    made = ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=vpc,
        ServiceName=SERVICE,
        SubnetIds=[subnet_id(world, each) for each in SITE.net.private_subnets],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]
    for interface in made["NetworkInterfaceIds"]:
        world.world.backend("ec2").enis[interface].status = "in-use"  # moto attaches it to nothing


ROWS = (
    Row(
        check="atlas.connectivity.privatelink",
        name="the site chooses it, and there is no endpoint",
        change=_chosen,
        flips={**CHOSEN, "atlas.connectivity.privatelink": FAIL, "sg.ecs.egress-db": FAIL},
    ),
    Row(
        check="atlas.connectivity.privatelink",
        name="the site chooses it, and there is one",
        change=_built,
        flips={**CHOSEN, "atlas.connectivity.privatelink": PASS},
    ),
)
