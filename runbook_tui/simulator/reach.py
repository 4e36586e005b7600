"""Whether security groups and network ACLs let one thing reach another."""

from collections.abc import Iterable
from typing import Any

from runbook_tui.simulator import acls
from runbook_tui.simulator.networks import address_in, holds
from runbook_tui.simulator.world import World

_INTERNET = "198.51.100.7"  # a visitor: nobody's address


def interface_at(world: World, address: str) -> Any:
    """moto's model of the network interface that has a private address, or None."""
    interfaces = list(world.backend("ec2").enis.values())
    return next((each for each in interfaces if each.private_ip_address == address), None)


def balancer_reaches(world: World, balancer: Any, address: str, port: int) -> bool:
    """Whether an ALB's groups let ``port`` out, the target's groups let it in, and no network ACL is in the way."""
    interface = interface_at(world, address)
    if interface is None:
        return False
    inner, outer = [group.id for group in interface.group_set], list(balancer.security_groups)
    cidrs = [subnet.cidr_block for subnet in balancer.subnets]
    leaves = any(
        _covers(rule, port) and _matches(rule, inner, [f"{address}/32"])
        for group in _groups(world, outer)
        for rule in list(group.egress_rules)
    )
    enters = any(
        _covers(rule, port) and _matches(rule, outer, cidrs)
        for group in _groups(world, inner)
        for rule in list(group.ingress_rules)
    )
    return leaves and enters and _borders_are_open(world, balancer, interface, port)


def leaves(interface: Any, address: str, port: int) -> bool:
    """Whether the groups of an interface let it ask ``address:port``. They do not judge connections that exist."""
    return any(
        _covers(rule, port) and _matches(rule, (), [f"{address}/32"])
        for group in interface.group_set
        for rule in list(group.egress_rules)
    )


def internet_reaches(world: World, balancer: Any, port: int) -> bool:
    """Whether anybody may ask a port of a load balancer."""
    admitted = any(
        _covers(rule, port) and _matches(rule, (), [f"{_INTERNET}/32"])
        for group in _groups(world, balancer.security_groups)
        for rule in list(group.ingress_rules)
    )
    return admitted and any(acls.lets_in(world, subnet.id, _INTERNET, port) for subnet in balancer.subnets)


def _borders_are_open(world: World, balancer: Any, interface: Any, port: int) -> bool:
    """Every node of the load balancer asks every target, whatever its zone."""
    inner, address = interface.subnet.id, interface.private_ip_address
    return all(
        acls.lets_out(world, subnet.id, address, port) and acls.lets_in(world, inner, _node(subnet), port)
        for subnet in balancer.subnets
        if subnet.id != inner
    )


def _node(subnet: Any) -> str:
    """An address that the load balancer has in a subnet."""
    return address_in(subnet.cidr_block, 11)


def _groups(world: World, groups: Iterable[str]) -> list[Any]:
    """moto's models: every request of the ingress asks for them, and an API call takes 4 ms."""
    found = (world.backend("ec2").get_security_group_from_id(group) for group in groups)
    return [group for group in found if group is not None]


def _covers(rule: Any, port: int) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return bool(rule.ip_protocol == "tcp" and rule.from_port <= port <= rule.to_port)


def _matches(rule: Any, groups: Iterable[str], addresses: Iterable[str]) -> bool:
    if rule.source_group.get("GroupId") in set(groups):
        return True
    if not rule.cidr_ipv4:
        return False
    return all(holds(rule.cidr_ipv4, each) for each in addresses)
