"""Whether security groups let one thing reach another."""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from runbook_tui.simulator.world import World


def balancer_reaches(world: World, balancer: Any, address: str, port: int) -> bool:
    """Whether an ALB's groups let ``port`` out and the target's groups let it in."""
    interface = next((each for each in world.backend("ec2").enis.values() if each.private_ip_address == address), None)
    if interface is None:
        return False
    inner, outer = [group.id for group in interface.group_set], list(balancer.security_groups)
    addresses = [subnet.cidr_block for subnet in balancer.subnets]
    rules = _rules(world, [*inner, *outer])
    leaves = any(
        _covers(rule, port) and _matches(rule, inner, [f"{address}/32"])
        for rule in rules
        if rule["IsEgress"] and rule["GroupId"] in outer
    )
    enters = any(
        _covers(rule, port) and _matches(rule, outer, addresses)
        for rule in rules
        if not rule["IsEgress"] and rule["GroupId"] in inner
    )
    return leaves and enters


def _rules(world: World, groups: Iterable[str]) -> list[Mapping[str, Any]]:
    filters = [{"Name": "group-id", "Values": sorted(set(groups))}]
    answer: list[Mapping[str, Any]] = world.call("ec2", "DescribeSecurityGroupRules", Filters=filters)[
        "SecurityGroupRules"
    ]
    return answer


def _covers(rule: Mapping[str, Any], port: int) -> bool:
    if rule["IpProtocol"] == "-1":
        return True
    return rule["IpProtocol"] in ("tcp", "6") and int(rule["FromPort"]) <= port <= int(rule["ToPort"])


def _matches(rule: Mapping[str, Any], groups: Iterable[str], addresses: Iterable[str]) -> bool:
    if rule.get("ReferencedGroupInfo", {}).get("GroupId") in set(groups):
        return True
    cidr = rule.get("CidrIpv4")
    if not cidr:
        return False
    network = ipaddress.IPv4Network(cidr)
    return all(ipaddress.IPv4Network(each).subnet_of(network) for each in addresses)
