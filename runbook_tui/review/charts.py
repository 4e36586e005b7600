"""A quarter's load as charts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from runbook_tui.core.chart import Chart, Limit, Line, Values, mean, resampled
from runbook_tui.review.proposals import Present
from runbook_tui.review.rhythm import by_hour_of_week
from runbook_tui.review.series import HOUR, Load, Measure

# Four a day in ninety days: each of the two hundred columns of the widest screen has one of its own, and a journal
# takes 20 KB.
_POINTS: Final = 360

_How = Callable[[Sequence[float]], float]
_Lines = Mapping[str, tuple[Measure, _How]]


def cpu(load: Load, out_percent: float) -> Chart:
    limits = (Limit(name="scales out", value=out_percent),)
    lines: _Lines = {"mean": (Measure.CPU, mean), "p95": (Measure.CPU_P95, max)}
    return _chart(load, "CPU of the tasks", "%", lines, limits)


def memory(load: Load, out_percent: float) -> Chart:
    limits = (Limit(name="scales out", value=out_percent),)
    lines: _Lines = {"mean": (Measure.MEMORY, mean), "most": (Measure.MEMORY_MAX, max)}
    return _chart(load, "Memory of the tasks", "%", lines, limits)


def tasks(load: Load, present: Present | None) -> Chart:
    limits = (
        (Limit(name="at least", value=present.lowest), Limit(name="at most", value=present.highest)) if present else ()
    )
    lines: _Lines = {"mean": (Measure.TASKS, mean), "most": (Measure.TASKS_MAX, max)}
    return _chart(load, "Running tasks", "", lines, limits)


def visitors(load: Load) -> tuple[Chart, ...]:
    """What they asked, how long it took, how often it failed."""
    return (
        _chart(load, "Requests an hour of each target", "", {"mean": (Measure.REQUESTS, mean)}),
        _chart(load, "Slowest twentieth of the answers", "s", {"mean": (Measure.LATENCY_P95, mean)}),
        _chart(load, "Answers 5xx an hour", "", {"most": (Measure.ERRORS, max)}),
    )


def week(load: Load, present: Present) -> Chart:
    """Monday to Sunday, hour by hour: how many tasks ran in the middle."""
    values = tuple(by_hour_of_week(load))
    monday = (load.start - timedelta(days=load.start.weekday())).replace(hour=0)
    limits = (Limit(name="at least", value=present.lowest), Limit(name="at most", value=present.highest))
    return Chart(
        title="Tasks by the hour of the week, Monday 00:00 UTC first",
        unit="",
        start=monday,
        step=HOUR.total_seconds(),
        lines=(Line(name="in the middle", values=values),),
        limits=limits,
    )


def _chart(load: Load, title: str, unit: str, lines: _Lines, limits: tuple[Limit, ...] = ()) -> Chart:
    drawn = tuple(Line(name=name, values=_fewer(load, measure, how)) for name, (measure, how) in lines.items())
    number = max((len(line.values) for line in drawn), default=0)
    return Chart(
        title=title,
        unit=unit,
        start=load.start,
        step=load.hours * HOUR.total_seconds() / max(1, number),
        lines=drawn,
        limits=limits,
    )


def _fewer(load: Load, measure: Measure, how: _How) -> Values:
    found = resampled(load.values.get(measure, ()), _POINTS, how)
    return tuple(None if value is None else round(value, 3) for value in found)
