"""What a batch of changes makes of a zone's record sets, pure: all of it or nothing, refused in Route 53's words.

A set is the API's ``ResourceRecordSet``, its names as Route 53 keeps them: in lower case, a dot at the end, ``\\052``
for a star.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from runbook_tui.simulator.refusal import Refused

Set = dict[str, Any]
_ROUTING: Final = ("Weight", "Region", "Failover", "GeoLocation", "MultiValueAnswer")
_AT_THE_TOP: Final = ("SOA", "NS")


def kept_name(name: str) -> str:
    return name.lower().rstrip(".").replace("*", r"\052") + "."


def changed(zone: str, before: Iterable[Set], changes: Sequence[Mapping[str, Any]]) -> list[Set]:
    """``zone`` is its name. Raises Refused."""
    zone, sets = kept_name(zone), {_key(one): one for one in before}
    wrong: list[str] = []
    touched: list[Set] = []
    for change in changes:
        action, wanted = str(change["Action"]), normal(change["ResourceRecordSet"])
        _check_form(action, wanted)
        wrong += _misplaced(zone, wanted)
        if action == "DELETE":
            wrong += _not_there(zone, wanted, sets.pop(_key(wanted), None))
            continue
        if action == "CREATE" and _key(wanted) in sets:
            wrong.append(f"Tried to create resource record set {_called(wanted)} but it already exists")
        sets[_key(wanted)] = wanted
        touched.append(wanted)
    wrong += [text for one in touched for text in _conflicts(zone, one, sets.values())]
    if wrong:
        raise Refused("InvalidChangeBatch", f"[{', '.join(wrong)}]")
    return list(sets.values())


def normal(given: Mapping[str, Any]) -> Set:
    """As Route 53 tells it afterwards."""
    told = {**given, "Name": kept_name(given["Name"])}
    if given.get("AliasTarget"):
        target = given["AliasTarget"]
        told["AliasTarget"] = {**target, "DNSName": kept_name(target["DNSName"])}
    return told


def _key(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["Name"], one["Type"], one.get("SetIdentifier") or ""


def _called(one: Mapping[str, Any]) -> str:
    number = f", set-identifier='{one['SetIdentifier']}'" if one.get("SetIdentifier") else ""
    return f"[name='{one['Name']}', type='{one['Type']}'{number}]"


def _check_form(action: str, one: Mapping[str, Any]) -> None:
    place = (
        f"Change with [Action={action}, Name={one['Name']}, Type={one['Type']}, "
        f"SetIdentifier={one.get('SetIdentifier') or 'null'}]"
    )
    plain = one.get("TTL") is not None and bool(one.get("ResourceRecords"))
    if bool(one.get("AliasTarget")) == plain:
        found = "more than one" if plain else "none"
        kinds = "[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]"
        raise Refused("InvalidInput", f"Invalid request: Expected exactly one of {kinds}, but found {found} in {place}")
    routed = [name for name in _ROUTING if one.get(name) is not None]
    if len(routed) != bool(one.get("SetIdentifier")):
        found = "none" if not routed else "more than one" if len(routed) > 1 else "no SetIdentifier"
        kinds = "[Weight, Region, Failover, GeoLocation, or MultiValueAnswer]"
        raise Refused("InvalidInput", f"Invalid request: Expected exactly one of {kinds}, but found {found} in {place}")


def _misplaced(zone: str, one: Mapping[str, Any]) -> Iterator[str]:
    if not f".{one['Name']}".endswith(f".{zone}"):
        yield f"RRSet with DNS name {one['Name']} is not permitted in zone {zone}"
    if one["Type"] == "CNAME" and one["Name"] == zone:
        yield f"RRSet of type CNAME with DNS name {zone} is not permitted at apex in zone {zone}"


def _not_there(zone: str, wanted: Mapping[str, Any], found: Set | None) -> Iterator[str]:
    tried = f"Tried to delete resource record set {_called(wanted)}"
    if found is None:
        yield f"{tried} but it was not found"
    elif _values(wanted) != _values(found):
        yield f"{tried} but the values provided do not match the current values"
    elif wanted["Name"] == zone and wanted["Type"] in _AT_THE_TOP:
        yield f"A HostedZone must contain at least one {wanted['Type']} record for the zone itself."


def _values(one: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in one.items() if value not in (None, [], "")}
    return {**found, "TTL": int(one["TTL"])} if one.get("TTL") is not None else found


def _conflicts(zone: str, one: Set, sets: Iterable[Set]) -> Iterator[str]:
    others = [each for each in sets if each["Name"] == one["Name"] and each is not one]
    strangers = [each for each in others if each["Type"] != one["Type"]]
    kind, name = one["Type"], one["Name"]
    if kind == "CNAME" and strangers:
        text = "is not permitted as it conflicts with other records with the same DNS name in zone"
        yield f"RRSet of type CNAME with DNS name {name} {text} {zone}"
    elif any(each["Type"] == "CNAME" for each in strangers):
        text = (
            "is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone"
        )
        yield f"RRSet of type {kind} with DNS name {name} {text} {zone}"
    if any(_routing(each) != _routing(one) for each in others if each["Type"] == kind):
        text = "cannot be created as other RRSets exist with the same name and type."
        yield f"RRSet with DNS name {name}, type {kind}, SetIdentifier {one.get('SetIdentifier') or 'null'} {text}"


def _routing(one: Mapping[str, Any]) -> str:
    return next((name for name in _ROUTING if one.get(name) is not None), "")
