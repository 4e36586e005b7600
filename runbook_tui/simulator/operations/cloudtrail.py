"""CloudTrail: events looked up as AWS lets them be looked up."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from runbook_tui.simulator.logs.tokens import place, token
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.trail_event import TrailEvent
from runbook_tui.simulator.world import World

_MOST = 50
_ATTRIBUTES: Mapping[str, Callable[[TrailEvent, str], bool]] = {
    "EventId": lambda event, value: event.identifier == value,
    "EventName": lambda event, value: event.name == value,
    "EventSource": lambda event, value: event.source == value,
    "Username": lambda event, value: event.user == value,
    "AccessKeyId": lambda event, value: event.key == value,
    "ReadOnly": lambda event, value: str(event.read_only).lower() == value.lower(),
    "ResourceType": lambda event, value: any(kind == value for kind, _ in event.resources),
    "ResourceName": lambda event, value: any(name == value for _, name in event.resources),
}
# who asks by these may mean a reading event; else those are left out, for they are many
_OF_READING = ("ReadOnly", "EventId", "EventName")
_MEMBERS = ("LookupAttributes", "StartTime", "EndTime", "EventCategory")


@overlay("cloudtrail", "LookupEvents")
def lookup_events(world: World, parameters: Parameters) -> Reply:
    """Newest first, 50 at most in an answer; of the region that is asked: IAM's events are told in us-east-1."""
    holds = _attribute(parameters.get("LookupAttributes") or ())
    start, end = _moment(parameters.get("StartTime")), _moment(parameters.get("EndTime"))
    if start is not None and end is not None and start > end:
        raise Refused("InvalidTimeRangeException", "The start time must not be after the end time.")
    if parameters.get("EventCategory"):
        return {"Events": []}  # insights: nothing here is unusual by AWS's own reckoning
    limit = int(parameters.get("MaxResults") or _MOST)
    if not 1 <= limit <= _MOST:
        raise Refused("InvalidMaxResultsException", "The specified max results must be between 1 and 50.")
    found = [
        each
        for each in world.trail.events()
        if each.body["awsRegion"] == world.called_in
        and holds(each)
        and (start is None or each.at >= start)
        and (end is None or each.at <= end)
    ]
    first, of = _start(parameters)
    following = first + limit
    return {
        "Events": [each.described() for each in found[first:following]],
        "NextToken": token(following, of) if following < len(found) else None,
    }


def _moment(given: datetime | None) -> datetime | None:
    """moto reads times as naive UTC."""
    return given.replace(tzinfo=UTC) if given is not None and given.tzinfo is None else given


def _start(parameters: Parameters) -> tuple[int, Mapping[str, Any]]:
    of = {member: parameters.get(member) for member in _MEMBERS}
    try:
        return place(parameters.get("NextToken"), of), of
    except Refused as refused:
        raise Refused("InvalidNextTokenException", "The token that you sent is not valid.") from refused


def _attribute(attributes: Any) -> Callable[[TrailEvent], bool]:
    if not attributes:
        return lambda event: not event.read_only
    if len(attributes) > 1:
        text = "You can only specify one lookup attribute."
        raise Refused("InvalidLookupAttributesException", text)
    key, value = str(attributes[0]["AttributeKey"]), str(attributes[0]["AttributeValue"])
    if key not in _ATTRIBUTES:
        raise Refused("InvalidLookupAttributesException", f"The lookup attribute {key} is not valid.")
    holds = _ATTRIBUTES[key]
    return lambda event: (key in _OF_READING or not event.read_only) and holds(event, value)


@after("cloudtrail", "GetEventSelectors")
def get_event_selectors(world: World, parameters: Parameters) -> Reply:
    """A trail that nobody has told otherwise records all management events; moto says nothing of them."""
    trail = world.backend("cloudtrail").get_trail(parameters["TrailName"])
    plain, advanced = trail.get_event_selectors()
    if plain or advanced:
        return None
    usual = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
    return {"TrailARN": trail.arn, "EventSelectors": [usual]}
