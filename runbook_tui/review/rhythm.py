"""The hours of the week in which more tasks run every week: what a schedule can start before they are needed. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from statistics import median
from typing import Final

from runbook_tui.review.proposals import Finding, Present, Schedule
from runbook_tui.review.series import DAY, HOUR, WEEK, Load, Measure

DAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
REGULAR: Final = 0.75  # of the weeks
LEAST_WEEKS: Final = 4
LEAST_HOURS: Final = 2  # a shorter window is over before the next one is worth a schedule


def rhythm(load: Load, present: Present) -> Finding:
    """The same hours need more tasks than the lowest number in most weeks: a schedule can be there before them."""
    weeks = _weeks(load)
    least = min(map(len, weeks), default=0)
    if least < LEAST_WEEKS:
        return Finding(
            because=f"{least} weeks of data: fewer than {LEAST_WEEKS} show no rhythm",
            known=False,
            evidence={"weeks": least},
        )
    busy = [_busy(numbers, present.lowest) for numbers in weeks]
    evidence = {"weeks": least, "busy_hours_of_the_week": sum(number > present.lowest for number in busy)}
    windows = sorted(_windows(busy, present), key=lambda one: -len(one.days) * (one.end - one.start))
    if not windows:
        return Finding(because="no hour of the week needs more tasks in most weeks", evidence=evidence)
    because = (
        f"{evidence['busy_hours_of_the_week']} hours of the week need more than {present.lowest} tasks in most weeks"
    )
    return Finding(
        because=because, proposal=windows[0], evidence={**evidence, "windows": [str(one) for one in windows]}
    )


def by_hour_of_week(load: Load) -> list[float | None]:
    """How many tasks ran in the middle, Monday 00:00 UTC first; None for an hour that was never seen."""
    return [median(numbers) if numbers else None for numbers in _weeks(load)]


def _weeks(load: Load) -> list[list[float]]:
    found: list[list[float]] = [[] for _ in range(WEEK)]
    first = load.start.astimezone(UTC)
    for place, (number,) in load.of_hours(Measure.TASKS_MAX):
        at = first + place * HOUR
        found[at.weekday() * DAY + at.hour].append(number)
    return found


def _busy(numbers: Sequence[float], lowest: int) -> int:
    """How many tasks that hour of the week needs, where it does so regularly; else the lowest number."""
    above = [number for number in numbers if number > lowest]
    return round(median(above)) if len(above) >= REGULAR * len(numbers) else lowest


def _windows(busy: Sequence[int], present: Present) -> Iterator[Schedule]:
    """The same hours of several days are one schedule."""
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for number, day in enumerate(DAYS):
        hours = busy[number * DAY : (number + 1) * DAY]
        for start, end in _stretches(hours, present.lowest):
            found.setdefault((start, end), []).append((day, max(hours[start:end])))
    for (start, end), days in found.items():
        lowest = min(present.highest, max(tasks for _, tasks in days))
        if lowest > present.lowest:
            yield Schedule(days=tuple(day for day, _ in days), start=start, end=end, lowest=lowest)


def _stretches(hours: Sequence[int], lowest: int) -> Iterator[tuple[int, int]]:
    start = -1
    for hour, tasks in enumerate((*hours, lowest)):
        if tasks > lowest and start < 0:
            start = hour
        elif tasks <= lowest and start >= 0:
            if hour - start >= LEAST_HOURS:
                yield start, hour
            start = -1
