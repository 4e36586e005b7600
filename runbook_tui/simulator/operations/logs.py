"""CloudWatch Logs: filtered as AWS filters, read as AWS pages, with metric filters that reach CloudWatch."""

from collections.abc import Sequence
from typing import Any

from runbook_tui.simulator.logs.metrics import all_filters, feed
from runbook_tui.simulator.logs.patterns import compile_pattern
from runbook_tui.simulator.logs.reading import Event, events_of, find_group, known_group, streams_of
from runbook_tui.simulator.logs.tokens import place, token
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World

_MOST = 10_000
_LARGEST = 1_000_000  # characters of messages in an answer
_MOST_STREAMS = 100
_MOST_FILTERS = 100


@overlay("logs", "FilterLogEvents")
def filter_log_events(world: World, parameters: Parameters) -> Reply:
    """Streams are interleaved, whatever ``interleaved`` says, as AWS does since 2019."""
    group, pattern = find_group(world, parameters), compile_pattern(parameters.get("filterPattern") or "")
    names = parameters.get("logStreamNames") or None
    if names and len(names) > _MOST_STREAMS:
        raise Refused("InvalidParameterException", f"At most {_MOST_STREAMS} log streams can be named.")
    start, end = _times(parameters)
    streams = streams_of(group, names, parameters.get("logStreamNamePrefix"))
    matching = [
        each for each in events_of(world, group, streams, start, end) if pattern.match(each.message) is not None
    ]
    first = place(parameters.get("nextToken"), parameters)
    shown = _fitting(matching[first : first + _limit(parameters)])
    following = first + len(shown)
    more = token(following, parameters) if following < len(matching) else None
    return {"events": [_filtered(each) for each in shown], "searchedLogStreams": [], "nextToken": more}


@overlay("logs", "GetLogEvents")
def get_log_events(world: World, parameters: Parameters) -> Reply:
    """``endTime`` itself is left out here, unlike in FilterLogEvents. At an end, the same token comes back."""
    group, (start, end) = find_group(world, parameters), _times(parameters)
    streams = streams_of(group, [parameters["logStreamName"]], None)
    events = events_of(world, group, streams, start, end - 1 if end is not None else None)
    first, last = _window(parameters, len(events), _limit(parameters))
    shown = events[first:last]
    return {
        "events": [{"timestamp": e.timestamp, "message": e.message, "ingestionTime": e.ingested} for e in shown],
        "nextForwardToken": f"f/{last:056d}/s",
        "nextBackwardToken": f"b/{first:056d}/s",
    }


@overlay("logs", "DescribeLogStreams")
def with_its_past(world: World, parameters: Parameters) -> Reply:
    find_group(world, parameters)
    if parameters.get("orderBy") == "LastEventTime" and parameters.get("logStreamNamePrefix"):
        raise Refused("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
    return None


@after("logs", "PutLogEvents")
def count_what_arrived(world: World, parameters: Parameters) -> Reply:
    lines = [(int(each["timestamp"]), str(each["message"])) for each in parameters["logEvents"]]
    feed(world, parameters["logGroupName"], lines)
    return None


@overlay("logs", "PutMetricFilter")
def put_metric_filter(world: World, parameters: Parameters) -> Reply:
    """One of the same name is replaced."""
    group = known_group(world, parameters["logGroupName"])
    compile_pattern(parameters["filterPattern"])
    transformations = parameters["metricTransformations"]
    if len(transformations) != 1:
        raise Refused("InvalidParameterException", "Exactly one metric transformation must be given.")
    if "defaultValue" in transformations[0] and transformations[0].get("dimensions"):
        text = "A metric transformation cannot have both a default value and dimensions."
        raise Refused("InvalidParameterException", text)
    kept, key = all_filters(world), (group.name, parameters["filterName"])
    others = [each for each in kept if (each["logGroupName"], each["filterName"]) != key]
    if sum(each["logGroupName"] == group.name for each in others) >= _MOST_FILTERS:
        raise Refused("LimitExceededException", "Resource limit exceeded.")
    kept[:] = [
        *others,
        {
            "filterName": parameters["filterName"],
            "filterPattern": parameters["filterPattern"],
            "logGroupName": group.name,
            "metricTransformations": transformations,
            "creationTime": int(world.clock.now().timestamp() * 1000),
        },
    ]
    return {}


@overlay("logs", "DescribeMetricFilters")
def describe_metric_filters(world: World, parameters: Parameters) -> Reply:
    name, prefix = parameters.get("logGroupName"), parameters.get("filterNamePrefix") or ""
    if name:
        name = known_group(world, name).name
    found = [
        each
        for each in sorted(all_filters(world), key=lambda one: (one["logGroupName"], one["filterName"]))
        if name in (None, each["logGroupName"])
        and each["filterName"].startswith(prefix)
        and _makes(each["metricTransformations"][0], parameters)
    ]
    items, following = page(found, parameters, size="limit", token="nextToken", limit=50)  # noqa: S106
    return {"metricFilters": items, "nextToken": following}


@overlay("logs", "DeleteMetricFilter")
def delete_metric_filter(world: World, parameters: Parameters) -> Reply:
    key = (known_group(world, parameters["logGroupName"]).name, parameters["filterName"])
    kept = all_filters(world)
    remaining = [each for each in kept if (each["logGroupName"], each["filterName"]) != key]
    if len(remaining) == len(kept):
        raise Refused("ResourceNotFoundException", "The specified metric filter does not exist.")
    kept[:] = remaining
    return {}


@overlay("logs", "TestMetricFilter")
def try_metric_filter(_world: World, parameters: Parameters) -> Reply:
    pattern = compile_pattern(parameters["filterPattern"])
    found = [(number, text, pattern.match(text)) for number, text in enumerate(parameters["logEventMessages"], start=1)]
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": text, "extractedValues": dict(values)}
            for number, text, values in found
            if values is not None
        ]
    }


def _makes(transformation: Parameters, parameters: Parameters) -> bool:
    wanted = {member: parameters.get(member) for member in ("metricName", "metricNamespace")}
    return all(value in (None, transformation[member]) for member, value in wanted.items())


def _times(parameters: Parameters) -> tuple[int | None, int | None]:
    start, end = parameters.get("startTime"), parameters.get("endTime")
    if start is not None and end is not None and start > end:
        raise Refused("InvalidParameterException", "startTime must not be later than endTime.")
    return start, end


def _limit(parameters: Parameters) -> int:
    limit = int(parameters.get("limit") or _MOST)
    if not 1 <= limit <= _MOST:
        raise Refused("InvalidParameterException", f"limit must be between 1 and {_MOST}.")
    return limit


def _fitting(events: Sequence[Event]) -> list[Event]:
    """An answer holds 1 MB at most, but always one event."""
    kept: list[Event] = []
    size = 0
    for each in events:
        size += len(each.message)
        if kept and size > _LARGEST:
            break
        kept.append(each)
    return kept


def _filtered(event: Event) -> dict[str, Any]:
    return {
        "logStreamName": event.stream,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.ingested,
        "eventId": event.identifier,
    }


def _window(parameters: Parameters, size: int, limit: int) -> tuple[int, int]:
    given = parameters.get("nextToken")
    if not given:
        return (0, min(limit, size)) if parameters.get("startFromHead") else (max(0, size - limit), size)
    direction, _, rest = given.partition("/")
    number = rest.partition("/")[0]
    if direction not in ("f", "b") or not number.isdecimal():
        raise Refused("InvalidParameterException", "The specified nextToken is invalid.")
    at = min(int(number), size)
    return (at, min(at + limit, size)) if direction == "f" else (max(0, at - limit), at)
