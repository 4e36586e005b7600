"""The traces that services send: of each whose tasks have a sidecar for X-Ray and a role that may send."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from runbook_tui.simulator import fleet
from runbook_tui.simulator.ecs.permission import refusal
from runbook_tui.simulator.metrics.load import minute_of, time_of
from runbook_tui.simulator.metrics.noise import noise, stream
from runbook_tui.simulator.world import World

_SIDECAR: Final = re.compile(r"x-?ray|otel|cloudwatch-agent")
_RESERVOIR: Final = 60  # X-Ray's default rule: the first request of each second,
_RATE: Final = 0.05  # and so many of the others
_SEND: Final = "xray:PutTraceSegments"


def traced(world: World) -> Mapping[str, tuple[Any, datetime]]:
    """Services by name, with the time since which they send."""
    found: dict[str, tuple[Any, datetime]] = {}
    for service in world.backend("ecs").services.values():
        times = [task.started_at for task in fleet.tasks_of(world, service) if _sends(world, task)]
        if times:
            found[service.name] = (service, min(times))
    return found


def _sends(world: World, task: Any) -> bool:
    if task.last_status != "RUNNING" or not task.started_at:
        return False
    definition = world.backend("ecs").describe_task_definition(task.task_definition_arn)
    images = [f"{each.get('name')} {each.get('image')}" for each in definition.container_definitions[1:]]
    role = definition.task_role_arn or ""
    return any(_SIDECAR.search(each) for each in images) and not refusal(world, role, task.id, _SEND, "*")


def summaries(world: World, name: str, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """Of one service that is traced, oldest first, as GetTraceSummaries tells them."""
    service, since = traced(world)[name]
    key = f"{service.cluster_name}/{name}"
    for number in range(minute_of(max(start, since)), minute_of(end) + 1):
        condition = world.monitoring.past.at(key, number)
        if condition is None or not condition.reachable:
            continue
        asked = world.load.requests(condition.environment, number)
        sampled = int(min(asked, _RESERVOIR) + _RATE * max(0.0, asked - _RESERVOIR))
        for place in range(sampled):
            at = time_of(number) + timedelta(seconds=60.0 * place / sampled)
            if max(start, since) <= at <= end:
                yield _summary(name, at, place, condition.error_rate)


def _summary(name: str, at: datetime, place: int, error_rate: float) -> dict[str, Any]:
    chance = noise(stream(0, f"traces of {name}"), minute_of(at) * 10_000 + place)
    fault = chance < error_rate
    seconds = round(0.02 + 0.2 * chance, 3)
    return {
        "Id": f"1-{int(at.timestamp()):08x}-{int(chance * 2**64):016x}{place:08x}",
        "StartTime": at,
        "Duration": seconds,
        "ResponseTime": seconds,
        "HasFault": fault,
        "HasError": False,
        "HasThrottle": False,
        "IsPartial": False,
        "Http": {"HttpMethod": "GET", "HttpStatus": 500 if fault else 200},
        "ServiceIds": [{"Name": name, "Names": [name], "Type": "AWS::ECS::Fargate"}],
    }


def put(world: World, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """Of the segments that somebody sent with PutTraceSegments, which moto keeps."""
    for trace, kept in world.backend("xray")._segment_collection._traces.items():  # noqa: SLF001 - moto has no other way
        segments = [each for each in kept["segments"] if each.end_time is not None]
        if not segments:
            continue
        began = min(float(each.start_time) for each in segments)
        if not start.timestamp() <= began <= end.timestamp():
            continue
        seconds = max(float(each.end_time) for each in segments) - began
        names = sorted({each.name for each in segments})
        yield {
            "Id": trace,
            "StartTime": datetime.fromtimestamp(began, UTC),
            "Duration": seconds,
            "ResponseTime": seconds,
            "HasFault": any(each.misc.get("fault") for each in segments),
            "HasError": any(each.misc.get("error") for each in segments),
            "HasThrottle": any(each.misc.get("throttle") for each in segments),
            "IsPartial": False,
            "ServiceIds": [{"Name": name, "Names": [name]} for name in names],
        }
