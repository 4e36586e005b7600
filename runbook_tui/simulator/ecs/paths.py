"""Whether a task has a way to an AWS API: an interface endpoint, a gateway endpoint, or a route out."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

from runbook_tui.simulator import acls, routes
from runbook_tui.simulator.world import World

_PORT = 443
_ANYWHERE = ipaddress.IPv4Network("52.95.80.0/20")  # some addresses of AWS


def reaches(world: World, interface: Any, service: str, *, public: bool = False) -> bool:
    """``service`` is the end of an endpoint's name: ``ecr.api``, ``s3``. ``public``: the task has a public address.

    An interface endpoint with private DNS takes the name over: when it is closed, no way out helps.
    """
    name = f"com.amazonaws.{world.region}.{service}"
    endpoints = [
        each
        for each in list(world.backend("ec2").vpc_end_points.values())
        if each.service_name == name and each.vpc_id == interface.subnet.vpc_id and each.state == "available"
    ]
    for endpoint in endpoints:
        if endpoint.vpc_endpoint_type == "Interface" and endpoint.private_dns_enabled:
            return _admits(world, interface, endpoint)
    if any(_gateway_serves(world, interface, each) for each in endpoints):
        return True
    return _goes_out(world, interface, public=public)


def _admits(world: World, interface: Any, endpoint: Any) -> bool:
    """Whether any of the endpoint's interfaces can be asked."""
    ec2 = world.backend("ec2")
    doors = [ec2.enis[each] for each in endpoint.network_interface_ids if each in ec2.enis]
    inner = [group.id for group in interface.group_set]
    for door in doors:
        outer = [group.id for group in door.group_set]
        leaves = _allows(interface.group_set, "egress_rules", outer, door.private_ip_address)
        enters = _allows(door.group_set, "ingress_rules", inner, interface.private_ip_address)
        same = door.subnet.id == interface.subnet.id
        crosses = same or (
            acls.lets_out(world, interface.subnet.id, door.private_ip_address, _PORT)
            and acls.lets_in(world, door.subnet.id, interface.private_ip_address, _PORT)
        )
        if leaves and enters and crosses:
            return True
    return False


def _gateway_serves(world: World, interface: Any, endpoint: Any) -> bool:
    if endpoint.vpc_endpoint_type != "Gateway" or not set(endpoint.route_table_ids) & _tables(world, interface.subnet):
        return False
    lists = {
        each.id
        for each in world.backend("ec2").managed_prefix_lists.values()
        if each.prefix_list_name == endpoint.service_name
    }
    return any(
        _covers(rule) and rule.prefix_list_id in lists for group in interface.group_set for rule in group.egress_rules
    ) or _allows(interface.group_set, "egress_rules", (), str(_ANYWHERE[1]))


def _goes_out(world: World, interface: Any, *, public: bool) -> bool:
    address = str(_ANYWHERE[1])
    subnet = interface.subnet.id
    if not (public or _private_way(world, interface.subnet)) or not routes.leads(world, subnet, str(_ANYWHERE)):
        return False
    return _allows(interface.group_set, "egress_rules", (), address) and acls.lets_out(world, subnet, address, _PORT)


def _private_way(world: World, subnet: Any) -> bool:
    """An internet gateway alone is no way out for a task without a public address."""
    tables = [each for each in world.backend("ec2").route_tables.values() if each.id in _tables(world, subnet)]
    return any(
        route.nat_gateway is not None or route.transit_gateway is not None
        for table in tables
        for route in table.routes
        if route.destination_cidr_block == "0.0.0.0/0"
    )


def _tables(world: World, subnet: Any) -> set[str]:
    tables = list(world.backend("ec2").route_tables.values())
    own = {each.id for each in tables if any(one.get("SubnetId") == subnet.id for one in each.associations)}
    return own or {each.id for each in tables if each.vpc_id == subnet.vpc_id and each.main_association_id}


def _allows(groups: Iterable[Any], direction: str, peers: Sequence[str], address: str) -> bool:
    return any(
        _covers(rule) and _is_for(rule, peers, address) for group in groups for rule in list(getattr(group, direction))
    )


def _covers(rule: Any) -> bool:
    everything = rule.ip_protocol == "-1"
    return bool(everything or (rule.ip_protocol == "tcp" and rule.from_port <= _PORT <= rule.to_port))


def _is_for(rule: Any, peers: Sequence[str], address: str) -> bool:
    if rule.source_group.get("GroupId") in peers:
        return True
    return bool(rule.cidr_ipv4) and ipaddress.ip_address(address) in ipaddress.ip_network(rule.cidr_ipv4)
