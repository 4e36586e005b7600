"""EC2: rules of security groups that name another group."""

from collections.abc import Iterator
from typing import Any

from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("ec2", "RevokeSecurityGroupIngress")
def revoke_ingress(world: World, parameters: Parameters) -> Reply:
    _forget_descriptions(world, parameters, "ingress_rules")
    return None


@overlay("ec2", "RevokeSecurityGroupEgress")
def revoke_egress(world: World, parameters: Parameters) -> Reply:
    _forget_descriptions(world, parameters, "egress_rules")
    return None


def _forget_descriptions(world: World, parameters: Parameters, direction: str) -> None:
    """AWS finds a rule without its description; moto compares it where the rule names a group."""
    group = world.backend("ec2").get_security_group_from_id(parameters.get("GroupId") or "")
    rules = getattr(group, direction, ())
    for permission, pair in _pairs(parameters):
        for rule in rules:
            if _is_meant(rule, permission, pair):
                rule.source_group = _described_as(rule.source_group, pair)


def _pairs(parameters: Parameters) -> Iterator[tuple[Any, Any]]:
    for permission in parameters.get("IpPermissions") or ():
        for pair in permission.get("UserIdGroupPairs") or ():
            yield permission, pair


def _is_meant(rule: Any, permission: Any, pair: Any) -> bool:
    ports = rule.ip_protocol == "-1" or (rule.from_port, rule.to_port) == (
        permission.get("FromPort"),
        permission.get("ToPort"),
    )
    known = rule.source_group.get("GroupId")
    return bool(ports and rule.ip_protocol == permission["IpProtocol"] and known and known == pair.get("GroupId"))


def _described_as(known: dict[str, str], pair: Any) -> dict[str, str]:
    told = {"Description": pair["Description"]} if pair.get("Description") else {}
    return {**{name: value for name, value in known.items() if name != "Description"}, **told}
