"""Records of Route 53, and the routing that several sets of one name make, pure."""

from collections.abc import Iterable
from typing import Final

from msgspec import field

from runbook_tui.aws.facts.border import Fact


class Alias(Fact, frozen=True, kw_only=True):
    dns_name: str = field(name="DNSName")
    hosted_zone_id: str = ""
    evaluate_target_health: bool = False


class RecordValue(Fact, frozen=True, kw_only=True):
    value: str


class RecordSet(Fact, frozen=True, kw_only=True):
    """``set_identifier`` and one of the routing members stand on sets that share name and type."""

    name: str
    type: str
    alias_target: Alias | None = None
    resource_records: tuple[RecordValue, ...] = ()
    set_identifier: str = ""
    weight: int | None = None
    region: str = ""
    failover: str = ""
    multi_value_answer: bool | None = None
    geo_location: dict[str, str] | None = None
    geo_proximity_location: dict[str, object] | None = None
    cidr_routing_config: dict[str, str] | None = None
    health_check_id: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(one.value for one in self.resource_records)

    @property
    def policy(self) -> str:
        """simple, weighted, latency, failover, multivalue, geolocation, geoproximity or cidr."""
        others = {
            "failover": self.failover,
            "multivalue": self.multi_value_answer,
            "geolocation": self.geo_location,
            "geoproximity": self.geo_proximity_location,
            "cidr": self.cidr_routing_config,
            "latency": self.region,
        }
        if self.weight is not None:
            return "weighted"
        return next((name for name, given in others.items() if given), "simple")


_ESCAPES: Final = {r"\052": "*"}


def plain_name(name: str) -> str:
    """As a person writes it: Route 53 adds a dot at the end and writes a star as ``\\052``."""
    for escaped, letter in _ESCAPES.items():
        name = name.replace(escaped, letter)
    return name.lower().rstrip(".")


def in_zone(name: str, zone: str) -> bool:
    """Whether a name is the zone's own or below it; a star counts as its parent."""
    return f".{plain_name(name)}".endswith(f".{plain_name(zone)}")


def leads_to(alias: Alias, dns_name: str, zone_id: str) -> bool:
    """Whether an alias means this load balancer, with or without ``dualstack.`` before its name."""
    target = plain_name(alias.dns_name).removeprefix("dualstack.")
    return target == plain_name(dns_name).removeprefix("dualstack.") and alias.hosted_zone_id == zone_id


def receives(one: RecordSet, among: Iterable[RecordSet]) -> bool:
    """Whether requests come to a set of those of its name and type. All weights 0 mean equal parts."""
    if one.weight is None:
        return True
    return one.weight > 0 or not any(each.weight for each in among)


def parts(sets: Iterable[RecordSet]) -> dict[str, float]:
    """Parts of the requests by set identifier, of weighted sets of one name and type."""
    weights = {one.set_identifier: max(one.weight, 0) for one in sets if one.weight is not None}
    total = sum(weights.values())
    if not total:
        return dict.fromkeys(weights, 1 / len(weights)) if weights else {}
    return {name: weight / total for name, weight in weights.items()}
