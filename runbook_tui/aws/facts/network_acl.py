"""Network ACLs: what a subnet's numbered rules let pass, pure. They keep no state: answers need a rule of their own.

Addresses and ports are judged as sets: a flow is a rectangle of both, and each rule in its turn decides its part.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final, Self

from msgspec import Struct

from runbook_tui.aws.facts.border import Fact, parse
from runbook_tui.aws.facts.security import ALL_PORTS, Network, Ports, network

_TCP: Final = ("-1", "6", "tcp")
EPHEMERAL: Final = Ports(1024, 65535)  # where answers go to, whatever the client


class AclPorts(Fact, frozen=True, kw_only=True):
    """As the API spells it; None where the protocol has no ports."""

    from_: int | None = None
    to: int | None = None


class AclEntry(Fact, frozen=True, kw_only=True):
    """The rule that the console shows as ``*`` has the number 32767."""

    rule_number: int
    rule_action: str
    egress: bool
    protocol: str = "-1"
    port_range: AclPorts | None = None
    cidr_block: str = ""
    ipv6_cidr_block: str = ""

    @property
    def allows(self) -> bool:
        return self.rule_action.lower() == "allow"


class AclAssociation(Fact, frozen=True, kw_only=True):
    subnet_id: str = ""


class NetworkAcl(Fact, frozen=True, kw_only=True):
    network_acl_id: str
    is_default: bool = False
    associations: tuple[AclAssociation, ...] = ()
    entries: tuple[AclEntry, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class Flow(Struct, frozen=True):
    """TCP to or from ``remote``, addresses that do not overlap; ``ports`` are the destination's."""

    what: str
    egress: bool
    remote: tuple[Network, ...]
    ports: Ports


class Passage(StrEnum):
    OPEN = "open"
    PARTLY = "partly"
    SHUT = "shut"


class Outcome(Struct, frozen=True):
    """``denying`` are the numbers of the deny rules that decided, ``allowing`` those of the allow rules."""

    passage: Passage
    allowing: tuple[int, ...] = ()
    denying: tuple[int, ...] = ()


Part = tuple[Network, Ports]


def judge(acl: NetworkAcl, flow: Flow) -> Outcome:
    """What no rule decides is denied."""
    left: list[Part] = [(one, flow.ports) for one in flow.remote]
    allowing: list[int] = []
    denying: list[int] = []
    for entry in sorted(acl.entries, key=lambda one: one.rule_number):
        covered = _covers(entry) if entry.egress is flow.egress else None
        if covered is None or not any(_meets(part, covered) for part in left):
            continue
        (allowing if entry.allows else denying).append(entry.rule_number)
        left = [piece for part in left for piece in _without(part, covered)]
    if not allowing:
        return Outcome(Passage.SHUT, (), tuple(denying))
    return Outcome(Passage.PARTLY if denying or left else Passage.OPEN, tuple(allowing), tuple(denying))


def allows_everything(acl: NetworkAcl) -> bool:
    """Any address and TCP port, both ways."""
    everything = (network("0.0.0.0/0"),)
    flows = (Flow("", egress, everything, Ports(*ALL_PORTS)) for egress in (True, False))
    return all(judge(acl, flow).passage is Passage.OPEN for flow in flows)


def beyond(inner: Iterable[str]) -> tuple[Network, ...]:
    """All of IPv4 but these ranges."""
    left: list[Part] = [(network("0.0.0.0/0"), Ports(*ALL_PORTS))]
    for cidr in inner:
        left = [piece for part in left for piece in _without(part, (network(cidr), Ports(*ALL_PORTS)))]
    return tuple(one for one, _ in left)


def _covers(entry: AclEntry) -> Part | None:
    """The TCP that the entry is about; None when it is about none."""
    cidr = entry.cidr_block or entry.ipv6_cidr_block
    if not cidr or entry.protocol not in _TCP:
        return None
    ports = entry.port_range
    if entry.protocol == "-1" or ports is None or ports.from_ is None or ports.to is None:
        return network(cidr), Ports(*ALL_PORTS)
    return network(cidr), Ports(ports.from_, ports.to)


def _meets(one: Part, two: Part) -> bool:
    return _shared(one[0], two[0]) is not None and one[1].first <= two[1].last and two[1].first <= one[1].last


def _shared(one: Network, two: Network) -> Network | None:
    """Of two networks one holds the other, or they have nothing in common."""
    if one.version != two.version or not one.overlaps(two):
        return None
    return one if one.prefixlen >= two.prefixlen else two


def _without(part: Part, taken: Part) -> Iterator[Part]:
    """What is left of a rectangle."""
    addresses, ports = part
    shared = _shared(addresses, taken[0])
    if shared is None or not _meets(part, taken):
        yield part
        return
    for rest in _excluding(addresses, shared):
        yield rest, ports
    if ports.first < taken[1].first:
        yield shared, Ports(ports.first, taken[1].first - 1)
    if ports.last > taken[1].last:
        yield shared, Ports(taken[1].last + 1, ports.last)


def _excluding(whole: Network, part: Network) -> Iterator[Network]:
    yield from whole.address_exclude(part)  # type: ignore[arg-type]
