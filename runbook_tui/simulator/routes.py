"""Where a subnet's route table sends a packet."""

from typing import Any

from runbook_tui.simulator.networks import holds, is_private
from runbook_tui.simulator.world import World


def leads(world: World, subnet: str, peer: str) -> bool:
    """Whether the most specific route to ``peer``, a range, has a target that still exists. Otherwise it is a
    blackhole; as is the internet for a private range."""
    table = _table(world, subnet)
    if table is None:
        return False
    fitting = [
        each for each in list(table.routes) if each.destination_cidr_block and holds(each.destination_cidr_block, peer)
    ]
    if not fitting:
        return False
    chosen = max(reversed(fitting), key=_length)
    return lives(world, chosen) and not (_to_the_internet(chosen) and is_private(peer))


def _to_the_internet(route: Any) -> bool:
    return route.nat_gateway is not None or str(getattr(route.gateway, "id", "")).startswith("igw-")


def _length(route: Any) -> int:
    return int(route.destination_cidr_block.rpartition("/")[2])


def _table(world: World, subnet: str) -> Any:
    """The table that a subnet is associated with, else the main one of its VPC."""
    ec2 = world.backend("ec2")
    tables = list(ec2.route_tables.values())
    for table in tables:
        if any(each.get("SubnetId") == subnet for each in table.associations):
            return table
    vpc = ec2.get_subnet(subnet).vpc_id
    return next((each for each in tables if each.vpc_id == vpc and each.main_association_id), None)


def lives(world: World, route: Any) -> bool:
    """Whether a route has a target that still exists."""
    ec2 = world.backend("ec2")
    if route.local or not route.destination_cidr_block:
        return True
    if route.nat_gateway is not None:
        return route.nat_gateway.id in ec2.nat_gateways and route.nat_gateway.state == "available"
    if route.vpc_pcx is not None:
        return bool(route.vpc_pcx._status.code == "active")  # noqa: SLF001 - moto keeps it nowhere else
    return any(each is not None for each in (route.gateway, route.transit_gateway, route.interface, route.instance))
