"""The rules of the quarterly scaling review (guide 10): what a quarter's load calls for, and what that rests on. Pure.

Each rule gives a ``Finding``.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from runbook_tui.core.fargate import SIZES, memories
from runbook_tui.review.proposals import (
    Finding,
    FindLeak,
    LowerMin,
    Present,
    RaiseMax,
    ScaleOut,
    ScaleSooner,
    SmallerTask,
)
from runbook_tui.review.series import DAY, WEEK, Load, Measure

QUIET_CPU: Final = 20.0  # per cent, of the 95th percentile
QUIET_MEMORY: Final = 40.0
QUIET_SHARE: Final = 0.9  # of the hours
FEWEST: Final = 2  # tasks: one may be all there is when it fails
FULL_MEMORY: Final = 70.0  # per cent that the busiest hour may take of a smaller task
CROWDED_SHARE: Final = 0.01  # of the hours at the maximum
MORE: Final = 1.5  # times the maximum
PROMPT: Final = timedelta(minutes=5)  # from the breach to a healthy target
LEAK_DAYS: Final = 14
LEAK_RISE: Final = 10.0  # percentage points
_SLACK: Final = 0.5  # percentage points that a day may fall and still not have fallen
_LEAST_HOURS: Final = WEEK


def too_large(load: Load, present: Present) -> Finding:
    """Nine hours of ten need a fraction of what is reserved: fewer tasks, or smaller ones."""
    hours = [values for _, values in load.of_hours(Measure.CPU_P95, Measure.MEMORY_MAX)]
    if len(hours) < _LEAST_HOURS:
        return _unknown(len(hours))
    quiet = sum(cpu < QUIET_CPU and memory < QUIET_MEMORY for cpu, memory in hours) / len(hours)
    busiest_cpu, busiest_memory = (max(values) for values in zip(*hours, strict=True))
    evidence = {
        "quiet_hours": f"{quiet:.1%}",
        "highest_cpu_p95": round(busiest_cpu, 1),
        "highest_memory": round(busiest_memory, 1),
        "task": f"{present.cpu}/{present.memory}",
    }
    because = f"{quiet:.0%} of the hours are below {QUIET_CPU:g} % CPU and {QUIET_MEMORY:g} % memory"
    if quiet < QUIET_SHARE:
        return Finding(because=because, evidence=evidence)
    proposal = _fewer(load, present) or _smaller(present, busiest_cpu, busiest_memory)
    if proposal is None:
        return Finding(because=f"{because}, but nothing smaller would carry the busiest hour", evidence=evidence)
    return Finding(because=because, proposal=proposal, evidence=evidence)


def _fewer(load: Load, present: Present) -> LowerMin | None:
    """One task less, where the lowest number is what runs nearly always."""
    running = load.known(Measure.TASKS_MAX)
    if present.lowest <= FEWEST or not running:
        return None
    at_rest = sum(number <= present.lowest for number in running) / len(running)
    return LowerMin(lowest=present.lowest - 1) if at_rest >= QUIET_SHARE else None


def _smaller(present: Present, cpu: float, memory: float) -> SmallerTask | None:
    """The next smaller size that the busiest hour would still fit into, else less memory alone; None for neither."""
    needed = present.memory * memory / FULL_MEMORY
    below = max((units for units in SIZES if units < present.cpu), default=present.cpu)
    for units in (below, present.cpu):
        fits = [size for size in memories(units) if needed <= size <= present.memory]
        carried = cpu * present.cpu / units <= present.out_percent
        if fits and carried and (units, fits[0]) != (present.cpu, present.memory):
            return SmallerTask(cpu=units, memory=fits[0])
    return None


def too_tight(load: Load, present: Present) -> Finding:
    """More than one hour of a hundred at the maximum: nobody knows how many tasks were needed then."""
    running = load.known(Measure.TASKS_MAX)
    if len(running) < _LEAST_HOURS:
        return _unknown(len(running))
    crowded = sum(number >= present.highest for number in running)
    share = crowded / len(running)
    evidence = {"hours_at_max": crowded, "hours": len(running), "max": present.highest, "most": max(running)}
    because = f"{crowded} of {len(running)} hours ({share:.1%}) at the maximum of {present.highest} tasks"
    if share <= CROWDED_SHARE:
        return Finding(because=because, evidence=evidence)
    return Finding(because=because, proposal=RaiseMax(highest=math.ceil(present.highest * MORE)), evidence=evidence)


def too_slow(scaled: Sequence[ScaleOut], present: Present) -> Finding:
    """Visitors wait while tasks start: half of the scalings took longer than five minutes."""
    if not scaled:
        return Finding(because="nothing was scaled out in the six weeks that AWS remembers", evidence={"scaled_out": 0})
    seconds = [one.seconds for one in scaled]
    middle, slowest = median(seconds), max(seconds)
    evidence = {"scaled_out": len(seconds), "median_s": round(middle), "slowest_s": round(slowest)}
    because = f"from breach to healthy target: {_spelt(middle)} in the middle, {_spelt(slowest)} at the longest"
    if middle <= PROMPT.total_seconds():
        return Finding(because=because, evidence=evidence)
    sooner = ScaleSooner(threshold=max(10.0, present.out_percent - 10))
    return Finding(because=because, proposal=sooner, evidence=evidence)


def never_falls(load: Load) -> Finding:
    """A day's lowest memory is no lower than the day's before, for a fortnight and more: that is a leak, not load."""
    lows = [(at, min(values)) for at, values in load.days_of(Measure.MEMORY)]
    if len(lows) < LEAK_DAYS:
        return _unknown(len(lows) * DAY)
    first, last = max(_without_a_fall([low for _, low in lows]), key=lambda one: _weight(lows, *one))
    rise, days = lows[last][1] - lows[first][1], last - first + 1
    evidence = {
        "days": days,
        "from": f"{lows[first][0]:%Y-%m-%d}",
        "to": f"{lows[last][0]:%Y-%m-%d}",
        "rise_percent": round(rise, 1),
    }
    because = f"in {days} days without a fall the daily low of memory rose by {round(rise)} points"
    leaking = days >= LEAK_DAYS and rise >= LEAK_RISE
    return Finding(because=because, proposal=FindLeak() if leaking else None, evidence=evidence)


def _without_a_fall(lows: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Stretches, from their first to their last place, in which no day lies below the highest before it."""
    first, highest = 0, lows[0]
    for place, low in enumerate(lows):
        if low < highest - _SLACK:
            yield first, place - 1
            first, highest = place, low
        highest = max(highest, low)
    yield first, len(lows) - 1


def _weight(lows: Sequence[tuple[datetime, float]], first: int, last: int) -> tuple[bool, float, int]:
    """Long ones before short ones, and of those the one that rises furthest."""
    return last - first + 1 >= LEAK_DAYS, lows[last][1] - lows[first][1], last - first


def _unknown(hours: int) -> Finding:
    return Finding(
        because=f"{hours} hours of data: fewer than the {_LEAST_HOURS} of a week tell nothing",
        known=False,
        evidence={"hours": hours},
    )


def _spelt(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds >= 90 else f"{seconds:.0f} s"
