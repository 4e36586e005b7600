"""Arithmetic of security groups, pure. Rules of several groups on one interface simply add up: pass them together.

Addresses are compared as sets: 0.0.0.0/1 and 128.0.0.0/1 together are everywhere.
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Final

from msgspec import Struct

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.network import SecurityGroupRule

Network = IPv4Network | IPv6Network
Rules = tuple[SecurityGroupRule, ...]

ANYWHERE_V4: Final = "0.0.0.0/0"
ANYWHERE_V6: Final = "::/0"
ANYWHERE: Final = (ANYWHERE_V4, ANYWHERE_V6)
ALL_PORTS: Final = (0, 65535)


class Ports(Struct, frozen=True):
    """Both ends included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def network(cidr: str) -> Network:
    """Malformed when it is no address range."""
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        raise Malformed(f"{cidr!r} is no range of addresses", remedy="correct it in the site or in AWS") from None


def ingress(rules: Iterable[SecurityGroupRule]) -> Rules:
    return tuple(rule for rule in rules if not rule.is_egress)


def egress(rules: Iterable[SecurityGroupRule]) -> Rules:
    return tuple(rule for rule in rules if rule.is_egress)


def is_all_traffic(rule: SecurityGroupRule) -> bool:
    """Every protocol and port."""
    return rule.ip_protocol == "-1"


def tcp_ports(rule: SecurityGroupRule) -> Ports | None:
    """TCP ports that the rule opens; None for another protocol."""
    if is_all_traffic(rule):
        return Ports(*ALL_PORTS)
    if rule.ip_protocol not in ("tcp", "6") or rule.from_port < 0 or rule.to_port < rule.from_port:
        return None
    return Ports(rule.from_port, rule.to_port)


def covers(rule: SecurityGroupRule, port: int) -> bool:
    ports = tcp_ports(rule)
    return ports is not None and ports.first <= port <= ports.last


def covering(rules: Iterable[SecurityGroupRule], port: int) -> Rules:
    return tuple(rule for rule in rules if covers(rule, port))


def is_exactly(rule: SecurityGroupRule, port: int) -> bool:
    """TCP, this port and no other."""
    return not is_all_traffic(rule) and tcp_ports(rule) == Ports(port, port)


def networks(cidrs: Iterable[str]) -> tuple[Network, ...]:
    """The union, collapsed: no two overlap or could be one. IPv4 first."""
    parsed = [network(cidr) for cidr in cidrs if cidr]
    four = [one for one in parsed if isinstance(one, IPv4Network)]
    six = [one for one in parsed if isinstance(one, IPv6Network)]
    return (*collapse_addresses(four), *collapse_addresses(six))


def addresses(rules: Iterable[SecurityGroupRule]) -> tuple[Network, ...]:
    """Union of the rules' sources or destinations that are addresses."""
    return networks(cidr for rule in rules for cidr in (rule.cidr_ipv4, rule.cidr_ipv6))


def within(cidr: str, union: Iterable[Network]) -> bool:
    """Every address of ``cidr`` is in the collapsed ``union``: a range that it covers is inside one of its parts."""
    return any(_inside(network(cidr), part) for part in union)


def overlapping(cidrs: Iterable[str], others: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of ranges that share an address."""
    other = tuple(others)
    return tuple((one, two) for one in cidrs for two in other if _overlap(network(one), network(two)))


def reach(rules: Iterable[SecurityGroupRule], cidrs: Iterable[str]) -> bool:
    """Together the rules reach all of ``cidrs``, of which there is at least one. Ports are not looked at."""
    union, wanted = addresses(rules), tuple(cidrs)
    return bool(wanted) and all(within(cidr, union) for cidr in wanted)


def reach_everywhere(rules: Iterable[SecurityGroupRule]) -> bool:
    """All of IPv4 or all of IPv6."""
    union = addresses(rules)
    return any(within(everywhere, union) for everywhere in ANYWHERE)


def outside(rules: Iterable[SecurityGroupRule], allowed: Iterable[str]) -> Rules:
    """Rules with an address outside ``allowed``."""
    union = networks(allowed)
    return tuple(
        rule for rule in rules if any(cidr and not within(cidr, union) for cidr in (rule.cidr_ipv4, rule.cidr_ipv6))
    )


def allow_all(rules: Iterable[SecurityGroupRule]) -> Rules:
    """The rules of protocol -1 when together they reach everywhere, as the default egress does; else none."""
    everything = tuple(rule for rule in rules if is_all_traffic(rule))
    if not reach_everywhere(everything):
        return ()
    whole = tuple(rule for rule in everything if reach_everywhere((rule,)))
    return whole or everything


def referring(rules: Iterable[SecurityGroupRule], groups: Iterable[str]) -> Rules:
    """Rules whose source or destination is one of the groups; a reference that peering left behind does not count."""
    wanted = set(groups)
    return tuple(rule for rule in rules if rule.referenced_group in wanted and not _is_stale(rule))


def listing(rules: Iterable[SecurityGroupRule], prefix_list: str | None) -> Rules:
    """Rules whose source or destination is this prefix list."""
    return tuple(rule for rule in rules if prefix_list and rule.prefix_list_id == prefix_list)


def gap(rules: Iterable[SecurityGroupRule], wanted: Ports, enough: Callable[[Rules], bool]) -> Ports | None:
    """The first of the ``wanted`` ports where the rules that cover it are not ``enough``; None when they all are."""
    opened = [(rule, ports) for rule in rules if (ports := tcp_ports(rule)) is not None]
    edges = {wanted.first, *(edge for _, ports in opened for edge in (ports.first, ports.last + 1))}
    starts = sorted(edge for edge in edges if wanted.first <= edge <= wanted.last)
    for first, following in zip(starts, [*starts[1:], wanted.last + 1], strict=True):
        # Between two edges the same rules cover every port: asking for the first of them is enough.
        if not enough(tuple(rule for rule, ports in opened if ports.first <= first <= ports.last)):
            return Ports(first, following - 1)
    return None


def ids(rules: Iterable[SecurityGroupRule]) -> list[str]:
    return sorted(rule.security_group_rule_id for rule in rules)


def peer(rule: SecurityGroupRule) -> str:
    """The source or destination in words of the API."""
    return rule.cidr_ipv4 or rule.cidr_ipv6 or rule.prefix_list_id or rule.referenced_group or "nothing"


def opening(rule: SecurityGroupRule) -> str:
    """What is open, and to whom: ``tcp 443 · 0.0.0.0/0``."""
    ports = tcp_ports(rule)
    what = "all traffic" if is_all_traffic(rule) else f"tcp {ports}" if ports else rule.ip_protocol
    return f"{what} · {peer(rule)}"


def _inside(small: Network, large: Network) -> bool:
    if isinstance(small, IPv4Network):
        return isinstance(large, IPv4Network) and small.subnet_of(large)
    return isinstance(large, IPv6Network) and small.subnet_of(large)


def _is_stale(rule: SecurityGroupRule) -> bool:
    info = rule.referenced_group_info
    return info is not None and info.peering_status in ("deleted", "expired", "failed", "rejected")


def _overlap(one: Network, two: Network) -> bool:
    if isinstance(one, IPv4Network) and isinstance(two, IPv4Network):
        return one.overlaps(two)
    return isinstance(one, IPv6Network) and isinstance(two, IPv6Network) and one.overlaps(two)
