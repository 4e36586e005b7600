"""The rules of the quarterly review, on series made by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.core.fargate import is_offered
from runbook_tui.review.proposals import (
    Finding,
    FindLeak,
    LowerMin,
    Present,
    RaiseMax,
    ScaleOut,
    ScaleSooner,
    Schedule,
    SmallerTask,
)
from runbook_tui.review.rhythm import by_hour_of_week, rhythm
from runbook_tui.review.rules import never_falls, too_large, too_slow, too_tight
from runbook_tui.review.series import DAY, HOUR, WEEK, Gap, Load, Measure

MONDAY = datetime(2026, 8, 24, tzinfo=UTC)
PRESENT = Present(lowest=2, highest=6, cpu=1024, memory=2048)
HOURS = 90 * DAY


def load(**values: Sequence[float | None]) -> Load:
    return Load(start=MONDAY, values={Measure(name): tuple(found) for name, found in values.items()})


def steady(cpu: float, memory: float, tasks: float = 2, hours: int = HOURS) -> Load:
    return load(cpu_p95=[cpu] * hours, memory_max=[memory] * hours, tasks_max=[tasks] * hours)


@pytest.mark.parametrize(
    ("cpu", "memory", "present", "proposed"),
    [
        (15, 30, PRESENT, SmallerTask(cpu=512, memory=1024)),
        (15, 39, PRESENT, SmallerTask(cpu=512, memory=2048)),
        (25, 30, PRESENT, None),
        (15, 45, PRESENT, None),
        (15, 30, Present(lowest=3, highest=6, cpu=1024, memory=2048), LowerMin(lowest=2)),
        (15, 30, Present(lowest=2, highest=6, cpu=256, memory=512), None),
        (15, 30, Present(lowest=2, highest=6, cpu=256, memory=2048), SmallerTask(cpu=256, memory=1024)),
    ],
)
def test_tasks_that_are_too_large(
    cpu: float, memory: float, present: Present, proposed: SmallerTask | LowerMin | None
) -> None:
    """Smaller tasks, or fewer where the lowest number is more than two; never less than the busiest hour needs."""
    assert too_large(steady(cpu, memory, present.lowest), present).proposal == proposed


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.integers(1, 9)), min_size=1, max_size=8),
    st.sampled_from([(256, 512), (512, 1024), (1024, 8192), (4096, 8192)]),
    st.integers(1, 6),
)
def test_what_is_proposed_would_carry_the_busiest_hour(
    hours: list[tuple[float, float, int]], size: tuple[int, int], lowest: int
) -> None:
    """A size that Fargate offers, smaller, below the threshold and with memory to spare; never fewer than two tasks."""
    cpu, memory, tasks = (list(values) for values in zip(*hours * WEEK, strict=True))
    present = Present(lowest=lowest, highest=9, cpu=size[0], memory=size[1])
    match too_large(load(cpu_p95=cpu, memory_max=memory, tasks_max=tasks), present).proposal:
        case SmallerTask(cpu=units, memory=mebibytes):
            assert is_offered(units, mebibytes)
            assert (units, mebibytes) != size
            assert units <= size[0]
            assert mebibytes <= size[1]
            assert max(cpu) * size[0] / units <= present.out_percent
            assert max(memory) / 100 * size[1] <= 0.7 * mebibytes * 1.000001
        case LowerMin(lowest=fewer):
            assert fewer == lowest - 1 >= 2
        case None:
            pass
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(("crowded", "proposed"), [(0, None), (21, None), (22, RaiseMax(highest=9))])
def test_hours_at_the_maximum(crowded: int, proposed: RaiseMax | None) -> None:
    """More than one of a hundred: half as many again."""
    found = too_tight(load(tasks_max=[6.0] * crowded + [2.0] * (HOURS - crowded)), PRESENT)
    assert found.proposal == proposed
    assert found.evidence["hours_at_max"] == crowded


@given(st.lists(st.integers(1, 12), min_size=1, max_size=30), st.integers(1, 12))
def test_a_higher_maximum_is_crowded_no_more_often(tasks: list[int], highest: int) -> None:
    """Whoever has more room is never told to make more, when less room was enough."""

    def proposed(most: int) -> object:
        present = Present(lowest=1, highest=most, cpu=256, memory=512)
        return too_tight(load(tasks_max=[float(one) for one in tasks] * WEEK), present).proposal

    assert not (proposed(highest) is None and proposed(highest + 1) is not None)


@pytest.mark.parametrize(
    ("seconds", "proposed"),
    [([], None), ([200, 290, 900], None), ([200, 310, 900], ScaleSooner(threshold=50.0))],
)
def test_scalings_that_come_too_late(seconds: list[float], proposed: ScaleSooner | None) -> None:
    """Half of them took longer than five minutes."""
    assert too_slow([ScaleOut(seconds=one) for one in seconds], PRESENT).proposal == proposed


def _climbing(days: int, a_day: float) -> list[float]:
    return [30 + a_day * (hour / DAY) + (hour % DAY) / 10 for hour in range(days * DAY)]


@pytest.mark.parametrize(
    ("memory", "leaks"),
    [
        (_climbing(30, 1.0), True),
        (_climbing(30, 0.1), False),
        (_climbing(10, 3.0), False),
        (_climbing(13, 2.0) + _climbing(13, 2.0), False),
        (_climbing(12, 0.0) + _climbing(20, 1.0), True),
    ],
)
def test_memory_that_never_falls(memory: list[float], leaks: bool) -> None:
    """For a fortnight, and by ten points: a release in between, or a restart, ends the stretch."""
    found = never_falls(load(memory=memory))
    assert (found.proposal == FindLeak()) is leaks


@given(st.lists(st.floats(0, 100), min_size=15, max_size=15))
def test_a_leak_is_told_with_a_stretch_that_is_there(memory: list[float]) -> None:
    """Not more days than there are, and a rise within what was measured."""
    found = never_falls(load(memory=[low for low in memory for _ in range(DAY)]))
    assert 1 <= found.evidence["days"] <= 15
    assert abs(found.evidence["rise_percent"]) <= max(memory) - min(memory) + 0.1


def _week(tasks: dict[tuple[int, int], float]) -> list[float]:
    return [tasks.get((hour // DAY, hour % DAY), 2.0) for hour in range(WEEK)]


def test_the_same_hours_of_every_week() -> None:
    """One schedule for the days that have the same hours; a lone hour is none."""
    busy = {(day, hour): 4.0 for day in range(5) for hour in (12, 13, 14)} | {(6, 3): 5.0}
    found = rhythm(load(tasks_max=_week(busy) * 12), PRESENT)
    assert found.proposal == Schedule(days=("MON", "TUE", "WED", "THU", "FRI"), start=12, end=15, lowest=4)
    assert found.evidence["busy_hours_of_the_week"] == 16
    assert by_hour_of_week(load(tasks_max=_week(busy) * 12))[12] == 4.0


def test_a_peak_of_some_weeks_is_no_rhythm() -> None:
    """Three of four weeks make one."""
    busy = {(1, 9): 4.0, (1, 10): 4.0}
    calm, eventful = _week({}), _week(busy)
    assert rhythm(load(tasks_max=calm * 6 + eventful * 6), PRESENT).proposal is None
    assert rhythm(load(tasks_max=calm * 3 + eventful * 9), PRESENT).proposal is not None


@given(st.lists(st.integers(1, 9), min_size=36, max_size=36), st.integers(1, 5), st.integers(0, 200))
def test_a_schedule_is_one_that_can_be_kept(tasks: list[int], lowest: int, skipped: int) -> None:
    """Within the day, above the lowest number and not above the highest, wherever the period begins."""
    tasks = (tasks * WEEK)[:WEEK]
    present = Present(lowest=lowest, highest=lowest + 3, cpu=256, memory=512)
    past = Load(
        start=MONDAY + skipped * HOUR,
        values={Measure.TASKS_MAX: tuple(float(tasks[(hour + skipped) % WEEK]) for hour in range(6 * WEEK))},
    )
    proposed = rhythm(past, present).proposal
    if isinstance(proposed, Schedule):
        assert 0 <= proposed.start < proposed.end <= 24
        assert lowest < proposed.lowest <= lowest + 3
        assert all(
            tasks[day * DAY + hour] > lowest
            for day, name in enumerate(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"))
            if name in proposed.days
            for hour in range(proposed.start, proposed.end)
        )


@pytest.mark.parametrize(
    "found", [too_large(load(), PRESENT), too_tight(load(), PRESENT), never_falls(load()), rhythm(load(), PRESENT)]
)
def test_too_little_is_never_an_answer(found: Finding) -> None:
    """Nothing is proposed, and it says that it does not know."""
    assert (found.proposal, found.known) == (None, False)


def test_gaps_are_told_and_the_time_before_the_service_is_none() -> None:
    """Hours in a row are one gap; a measure that is not telling leaves none."""
    points = {MONDAY + hour * HOUR: 1.0 for hour in range(30, 100) if hour not in (40, 41, 60)}
    telling = (Measure.CPU_P95, Measure.MEMORY_MAX, Measure.TASKS_MAX)
    found = Load.of(dict.fromkeys(telling, points) | {Measure.ERRORS: {}}, MONDAY, 100).lived
    assert found.start == MONDAY + timedelta(hours=30)
    assert found.hours == 70
    assert found.gaps == (Gap(start=MONDAY + 40 * HOUR, hours=2), Gap(start=MONDAY + 60 * HOUR, hours=1))
