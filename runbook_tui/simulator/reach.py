"""Whether security groups let one thing reach another."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from runbook_tui.simulator.world import World


def balancer_reaches(world: World, balancer: Any, address: str, port: int) -> bool:
    """Whether an ALB's groups let ``port`` out and the target's groups let it in."""
    interface = next(
        (each for each in list(world.backend("ec2").enis.values()) if each.private_ip_address == address), None
    )
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
    return leaves and enters


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
    network = ipaddress.IPv4Network(rule.cidr_ipv4)
    return all(ipaddress.IPv4Network(each).subnet_of(network) for each in addresses)
