"""Record sets as Route 53 tells them, and a batch that changes some of them: all at once or not at all."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.records import plain_name
from runbook_tui.aws.facts.route53 import MOST_AT_A_NAME, HostedZone
from runbook_tui.core.plan import ApiCall, Difference

Set = Mapping[str, Any]
# What makes a set one of several that share a name and a type.
ROUTED: Final = (
    "Weight",
    "Region",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "MultiValueAnswer",
    "CidrRoutingConfig",
)
_AT_ONCE: Final = {"MaxItems": MOST_AT_A_NAME, "PageSize": MOST_AT_A_NAME}


class Replaced(Struct, frozen=True, kw_only=True):
    """``before`` and ``after`` are whole sets; either may be missing. Sets that differ in type, identifier or routing
    are two: the one goes, the other comes."""

    before: Set | None = None
    after: Set | None = None


def sets_of(aws: Aws, zone: HostedZone, name: str) -> tuple[Set, ...]:
    """The whole sets of exactly this name, in Route 53's order. The same request as the facts make."""
    answered = aws.reader.read(
        "route53",
        "list_resource_record_sets",
        HostedZoneId=zone.zone_id,
        StartRecordName=plain_name(name),
        PaginationConfig=_AT_ONCE,
    )
    return tuple(one for one in answered["ResourceRecordSets"] if plain_name(one["Name"]) == plain_name(name))


def batch(call_id: str, zone: HostedZone, effect: str, replaced: Iterable[Replaced], back: str) -> ApiCall:
    """``back`` is what its undo comes to."""
    changes = tuple(replaced)
    reverse = [Replaced(before=one.after, after=one.before) for one in reversed(changes)]
    undo = _change(f"{call_id}-back", zone, back, reverse)
    return _change(call_id, zone, effect, changes, undo)


def _change(call_id: str, zone: HostedZone, effect: str, changes: Iterable[Replaced], *undo: ApiCall) -> ApiCall:
    gone = [("DELETE", one.before) for one in changes if one.before and not _upserted(one)]
    come = [("UPSERT" if _upserted(one) else "CREATE", one.after) for one in changes if one.after]
    # what goes makes room for what comes
    listed = [{"Action": verb, "ResourceRecordSet": dict(one)} for verb, one in (*gone, *come) if one]
    return ApiCall(
        id=call_id,
        service="route53",
        operation="change_resource_record_sets",
        parameters={"HostedZoneId": zone.zone_id, "ChangeBatch": {"Changes": listed}},
        effect=effect,
        undo=undo,
    )


def _upserted(one: Replaced) -> bool:
    return one.before is not None and one.after is not None and _place(one.before) == _place(one.after)


def _place(one: Set) -> tuple[str, str, str, bool]:
    return plain_name(one["Name"]), one["Type"], one.get("SetIdentifier", ""), "Weight" in one


def difference(one: Replaced) -> Difference:
    some = one.after or one.before
    assert some is not None, "a change has a side"
    before, after = (told(side) if side else "" for side in (one.before, one.after))
    return Difference(what=plain_name(some["Name"]), before=before, after=after)


def told(one: Set) -> str:
    """``alias of NAME`` or the values, and its part of the requests."""
    target = one.get("AliasTarget")
    values = ", ".join(each["Value"] for each in one.get("ResourceRecords", ()))
    where = f"alias of {plain_name(target['DNSName'])}" if target else values
    routing = f" ({one['SetIdentifier']}, weight {one['Weight']})" if "Weight" in one else ""
    return f"{one['Type']} {where}{routing}"
