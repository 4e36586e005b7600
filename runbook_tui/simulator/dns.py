"""What the simulated Route 53 answers: records of its zones, aliases of load balancers, and their own names."""

import ipaddress
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_PUBLIC = ipaddress.ip_network("203.0.113.0/24")  # for documentation: nobody's addresses


class Found(Struct, frozen=True):
    """``code`` is ``NOERROR`` or ``NXDOMAIN``; ``data`` are addresses or the record's own values."""

    code: str
    data: tuple[str, ...] = ()


_NOTHING = Found("NXDOMAIN")


def answer(world: "World", zone: Any, name: str, kind: str) -> Found:
    """What the zone's name servers answer."""
    name = _plain(name)
    records = [each for each in list(zone.rrsets) if _plain(each.name) == name]
    if not records:
        return _NOTHING
    fitting = [each for each in records if each.type == kind]
    if not fitting:
        return Found("NOERROR")
    record = _chosen(world, fitting)
    if record.alias_target:
        return Found("NOERROR", addresses_of(world, str(record.alias_target["DNSName"])) if kind == "A" else ())
    return Found("NOERROR", tuple(str(each) for each in record.records))


def resolve(world: "World", name: str) -> Found:
    """The addresses of any name, as a resolver on the internet finds them."""
    for _ in range(8):  # a resolver follows a chain of names only so far
        balancer = _balancer(world, name)
        if balancer is not None:
            return Found("NOERROR", addresses_of(world, name))
        zone = zone_of(world, name)
        if zone is None:
            return _NOTHING
        found = answer(world, zone, name, "A")
        alias = answer(world, zone, name, "CNAME")
        if found.data or not alias.data:
            return found
        name = alias.data[0]
    return Found("SERVFAIL")


def balancer_named(world: "World", host: str) -> Any:
    """moto's model of the load balancer that a host's name leads to, or None."""
    direct = _balancer(world, host)
    if direct is not None:
        return direct
    zone = zone_of(world, host)
    for record in list(zone.rrsets) if zone is not None else ():
        if _plain(record.name) == _plain(host) and record.alias_target:
            return _balancer(world, str(record.alias_target["DNSName"]))
    return None


def addresses_of(world: "World", name: str) -> tuple[str, ...]:
    """The public addresses of a load balancer, one for each of its zones; they stay what they are."""
    balancer = _balancer(world, name)
    if balancer is None:
        return ()
    return tuple(
        str(_PUBLIC[1 + zlib.crc32(f"{balancer.arn}{subnet.id}".encode()) % 253]) for subnet in balancer.subnets
    )


def zone_of(world: "World", name: str) -> Any:
    """The public zone with the longest name that holds a name, or None."""
    wanted = f".{_plain(name)}"
    fitting = [each for each in _zones(world) if wanted.endswith(f".{_plain(each.name)}") and not each.private_zone]
    return max(fitting, key=lambda each: len(each.name), default=None)


def _zones(world: "World") -> Iterator[Any]:
    yield from list(world.backend("route53").zones.values())


def _balancer(world: "World", name: str) -> Any:
    wanted = _plain(name).removeprefix("dualstack.")
    balancers = list(world.backend("elbv2").load_balancers.values())
    return next((each for each in balancers if each.dns_name.lower() == wanted), None)


def _chosen(world: "World", records: list[Any]) -> Any:
    """By weight where there are weights; the primary of a pair; else the first."""
    if all(each.weight is not None for each in records) and len(records) > 1:
        weights = [int(each.weight) for each in records]
        return world.random.choices(records, weights=weights)[0] if any(weights) else records[0]
    return next((each for each in records if each.failover == "PRIMARY"), records[0])


def _plain(name: str) -> str:
    return name.lower().rstrip(".")
