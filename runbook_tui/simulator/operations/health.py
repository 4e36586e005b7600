"""AWS Health: what AWS says of its own troubles. An account with a support plan that may ask (Business or above)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from runbook_tui.simulator.health_events import Events
from runbook_tui.simulator.refusal import not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.wire_times import aware
from runbook_tui.simulator.world import World

_PAGE: Final = 100
# Which member of an event a filter looks at.
_FILTERS: Final[Mapping[str, str]] = {
    "eventArns": "arn",
    "services": "service",
    "eventTypeCodes": "eventTypeCode",
    "eventTypeCategories": "eventTypeCategory",
    "regions": "region",
    "availabilityZones": "availabilityZone",
    "eventStatusCodes": "statusCode",
}
_TIMES: Final[Mapping[str, str]] = {
    "startTimes": "startTime",
    "endTimes": "endTime",
    "lastUpdatedTimes": "lastUpdatedTime",
}


@overlay("health", "DescribeEvents")
def describe_events(world: World, parameters: Parameters) -> Reply:
    """Newest first. Filters by entity, tag, persona and actionability are refused: the events here have none."""
    wanted = parameters.get("filter") or {}
    unknown = sorted(set(wanted) - set(_FILTERS) - set(_TIMES))
    if unknown:
        raise not_simulated(f"the filter {unknown[0]} of health:DescribeEvents")
    tests = [*map(_one_of(wanted), _FILTERS.items()), *map(_within(wanted), _TIMES.items())]
    found = [event for event in world.store(Events).told() if all(test(event) for test in tests)]
    first = int(parameters.get("nextToken") or 0)
    size = int(parameters.get("maxResults") or _PAGE)
    return {
        "events": found[first : first + size],
        "nextToken": str(first + size) if len(found) > first + size else None,
    }


Test = Callable[[Mapping[str, Any]], bool]


def _one_of(wanted: Mapping[str, Any]) -> Callable[[tuple[str, str]], Test]:
    def made(pair: tuple[str, str]) -> Test:
        allowed, member = wanted.get(pair[0]), pair[1]
        return lambda event: not allowed or event.get(member) in allowed

    return made


def _within(wanted: Mapping[str, Any]) -> Callable[[tuple[str, str]], Test]:
    def made(pair: tuple[str, str]) -> Test:
        spans, member = wanted.get(pair[0]), pair[1]
        return lambda event: not spans or any(_holds(span, event.get(member)) for span in spans)

    return made


def _holds(span: Mapping[str, Any], at: Any) -> bool:
    if at is None:
        return False
    begins, ends = span.get("from"), span.get("to")
    return (begins is None or aware(begins) <= at) and (ends is None or at <= aware(ends))
