"""Texts that somebody else wrote, without what may be secret, before anything looks at them."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from runbook_tui.aws.facts.ecs_service import Service
from runbook_tui.aws.facts.ecs_task import Task
from runbook_tui.aws.facts.logs import LogEvent
from runbook_tui.aws.facts.trail_event import TrailEvent

Redact = Callable[[str], str]


def redacted(reading: Any, redact: Redact) -> Any:
    """The same reading; of its texts those that an application, a runtime or a person wrote are redacted."""
    match reading:
        case Service():
            events = tuple(replace(one, message=redact(one.message)) for one in reading.events)
            return replace(reading, events=events)
        case tuple():
            return tuple(_item(one, redact) for one in reading)
        case _:
            return reading


def _item(one: Any, redact: Redact) -> Any:
    match one:
        case LogEvent():
            return replace(one, message=redact(one.message))
        case Task():
            containers = tuple(replace(each, reason=redact(each.reason)) for each in one.containers)
            return replace(one, stopped_reason=redact(one.stopped_reason), containers=containers)
        case TrailEvent():
            # only names of things are wanted of what was sent; what came back is not
            return replace(one, parameters=_names(one.parameters, redact), response={}, additional={})
        case _:
            return one


def _names(parameters: Any, redact: Redact) -> dict[str, Any]:
    return {
        key: redact(value)
        for key, value in parameters.items()
        if isinstance(value, str) and len(value) <= 256 and not key.lower().endswith(("string", "value", "password"))
    }
