"""EC2: what a new network ACL denies, what goes with an old one, and routes whose target is gone."""

from typing import Any

from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.routes import lives
from runbook_tui.simulator.world import World

_REST = 32767  # AWS shows it as *


@after("ec2", "CreateNetworkAcl")
def deny_the_rest(world: World, _parameters: Parameters) -> Reply:
    """A new ACL denies everything; moto's has no rules at all."""
    ec2 = world.backend("ec2")
    made = next(reversed(ec2.network_acls.values()))
    for egress in (True, False):
        ec2.create_network_acl_entry(
            made.id,
            rule_number=_REST,
            protocol="-1",
            rule_action="deny",
            egress=egress,
            cidr_block="0.0.0.0/0",
            icmp_code=None,
            icmp_type=None,
            port_range_from=None,
            port_range_to=None,
            ipv6_cidr_block=None,
        )
    return {"NetworkAcl": made}


@after("ec2", "DeleteVpc")
def take_its_acl_along(world: World, parameters: Parameters) -> Reply:
    """The default ACL goes with its VPC; moto's stays."""
    acls = world.backend("ec2").network_acls
    for name in [name for name, acl in acls.items() if acl.vpc_id == parameters["VpcId"]]:
        del acls[name]
    return None


@after("ec2", "DeleteNetworkAcl")
def forget_tags(world: World, parameters: Parameters) -> Reply:
    """moto keeps those of what is gone."""
    world.backend("ec2").tags.pop(parameters["NetworkAclId"], None)
    return None


@after("ec2", "DescribeRouteTables")
def show_black_holes(world: World, parameters: Parameters) -> Reply:
    """moto calls every route active."""
    ec2 = world.backend("ec2")
    if all(lives(world, route) for table in ec2.route_tables.values() for route in table.routes):
        return None
    filters = {each["Name"]: list(each["Values"]) for each in parameters.get("Filters") or ()}
    tables = ec2.describe_route_tables(parameters.get("RouteTableIds") or [], filters)
    return {"RouteTables": [_shown(world, table) for table in tables]}


def _shown(world: World, table: Any) -> dict[str, Any]:
    return {
        "RouteTableId": table.id,
        "VpcId": table.vpc_id,
        "OwnerId": table.owner_id,
        "Associations": table.associations,
        "PropagatingVgws": [],
        "Tags": table.get_tags(),
        "Routes": [_route(world, route) for route in table.routes],
    }


def _route(world: World, route: Any) -> dict[str, Any]:
    members = {
        "DestinationCidrBlock": route.destination_cidr_block,
        "DestinationIpv6CidrBlock": route.destination_ipv6_cidr_block,
        "DestinationPrefixListId": route.destination_prefix_list_id,
        "GatewayId": route.gateway_id,
        "NatGatewayId": route.nat_gateway_id,
        "TransitGatewayId": route.transit_gateway_id,
        "VpcPeeringConnectionId": route.vpc_peering_connection_id,
        "Origin": route.origin,
        "State": "active" if lives(world, route) else "blackhole",
    }
    return {name: value for name, value in members.items() if value}
