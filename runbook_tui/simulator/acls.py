"""Network ACLs: the numbered rules at a subnet's border. They know nothing of connections, so both ways count."""

from typing import Any

from runbook_tui.simulator.networks import holds
from runbook_tui.simulator.world import World

_EPHEMERAL = 49_152  # answers go to such a port on Linux, on Windows and on a load balancer alike
_TCP = ("-1", "6", "tcp")


def lets_out(world: World, subnet: str, address: str, port: int) -> bool:
    """Whether what is in ``subnet`` may ask ``address:port`` and get its answer."""
    acl = _acl_of(world, subnet)
    return acl is None or (_allows(acl, address, port, egress=True) and _allows(acl, address, _EPHEMERAL, egress=False))


def lets_in(world: World, subnet: str, address: str, port: int) -> bool:
    """Whether ``address`` may ask ``port`` of what is in ``subnet`` and get its answer."""
    acl = _acl_of(world, subnet)
    return acl is None or (_allows(acl, address, port, egress=False) and _allows(acl, address, _EPHEMERAL, egress=True))


def _acl_of(world: World, subnet: str) -> Any:
    acls = list(world.backend("ec2").network_acls.values())
    return next((acl for acl in acls if any(each.subnet_id == subnet for each in acl.associations)), None)


def _allows(acl: Any, address: str, port: int, *, egress: bool) -> bool:
    """That of the first rule that applies; the last one, which has no number, denies."""
    rules = [each for each in list(acl.network_acl_entries) if _is_true(each.egress) is egress]
    for rule in sorted(rules, key=lambda each: int(each.rule_number)):
        if _applies(rule, address, port):
            return bool(rule.rule_action == "allow")
    return False


def _applies(rule: Any, address: str, port: int) -> bool:
    if not rule.cidr_block or not holds(rule.cidr_block, address):
        return False
    protocol = str(rule.protocol)
    if protocol not in _TCP:
        return False
    if protocol == "-1" or rule.port_range_from is None:
        return True
    return int(rule.port_range_from) <= port <= int(rule.port_range_to)


def _is_true(value: Any) -> bool:
    """moto keeps what came over the wire as text, and its own rules as booleans."""
    return str(value).lower() == "true"
