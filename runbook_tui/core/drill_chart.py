"""The course of an outage as a chart. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from runbook_tui.core.chart import Chart, Line, Mark
from runbook_tui.core.drill import ALARMS, READY, TARGETS, Drill, Look, answered_ready, looks, ringing
from runbook_tui.core.events import Entry

_STEP: Final = timedelta(seconds=15)
_MOST: Final = 480  # two hours
_BEFORE: Final = timedelta(minutes=1)
_Value = Callable[[Look], float | None]


def chart(seen: Drill, told: Iterable[Look]) -> Chart | None:
    """None before anything was cut. Each line keeps its value until it is asked again."""
    if seen.cut is None:
        return None
    known = sorted(told, key=lambda one: one.at)
    start = seen.cut - _BEFORE
    end = max([one.at for one in known], default=seen.cut) if seen.well is None else seen.well
    length = min(_MOST, max(1, (end - start) // _STEP + 2))
    lines = {
        "ready": lambda one: float(answered_ready(one)) if one.check == READY else None,
        "healthy targets": _healthy,
        "alarms": lambda one: float(len(ringing(one))) if one.check == ALARMS else None,
    }
    return Chart(
        title="The outage",
        unit="",
        start=start,
        step=_STEP.total_seconds(),
        lines=tuple(Line(name=name, values=_line(known, start, length, value)) for name, value in lines.items()),
        marks=marks(seen),
    )


def marks(seen: Drill) -> tuple[Mark, ...]:
    """T0 to T5, those that are known."""
    named = {
        "T0 cut": seen.cut,
        "T1 error": seen.error,
        "T2 alarm": seen.alarm,
        "T3 restore": seen.restored,
        "T4 ready": seen.ready,
        "T5 well": seen.well,
    }
    return tuple(Mark(at=at, name=name) for name, at in named.items() if at is not None)


def looked(entries: Iterable[Entry], seen: Drill) -> Chart | None:
    return chart(seen, looks(entries))


def _healthy(one: Look) -> float | None:
    states = one.verdict.evidence.get("states") if one.check == TARGETS else None
    return float(states.get("healthy", 0)) if isinstance(states, dict) else None


def _line(known: Sequence[Look], start: datetime, length: int, value: _Value) -> tuple[float | None, ...]:
    told = [(one.at, number) for one in known if (number := value(one)) is not None]
    ends = (start + _STEP * (place + 1) for place in range(length))
    return tuple(next((number for at, number in reversed(told) if at < end), None) for end in ends)
