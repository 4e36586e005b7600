"""Route 53: hosted zones by name, from a start on, page by page."""

from typing import Any

from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("route53", "ListHostedZonesByName")
def list_hosted_zones_by_name(world: World, parameters: Parameters) -> Reply:
    """The start is a cursor: other zones may follow. moto answers those of that very name, and leaves out the rest."""
    start = (_key(str(parameters.get("DNSName") or "")), _plain(str(parameters.get("HostedZoneId") or "")))
    size = int(parameters.get("MaxItems") or 100)
    zones: list[dict[str, Any]] = world.call("route53", "ListHostedZones")["HostedZones"]
    zones.sort(key=_place)
    following = [each for each in zones if _place(each) >= start]
    page, rest = following[:size], following[size:]
    answer: dict[str, Any] = {"HostedZones": page, "IsTruncated": bool(rest), "MaxItems": str(size)}
    answer |= {name: parameters[name] for name in ("DNSName", "HostedZoneId") if parameters.get(name)}
    if rest:
        answer |= {"NextDNSName": rest[0]["Name"], "NextHostedZoneId": _plain(rest[0]["Id"])}
    return answer


@after("route53", "CreateHostedZone")
def write_the_authority(world: World, _parameters: Parameters) -> Reply:
    """moto writes a mapping where the text of the SOA record belongs."""
    for zone in world.backend("route53").zones.values():
        for record in zone.rrsets:
            record.records = [each["Value"] if isinstance(each, dict) else each for each in record.records]
    return None


def _place(zone: dict[str, Any]) -> tuple[list[str], str]:
    return _key(zone["Name"]), _plain(zone["Id"])


def _key(name: str) -> list[str]:
    """Names are in the order of their labels from the end: ``com.example`` before ``com.example.api``."""
    return list(reversed(name.lower().rstrip(".").split("."))) if name else []


def _plain(identifier: str) -> str:
    return identifier.rpartition("/")[2]
