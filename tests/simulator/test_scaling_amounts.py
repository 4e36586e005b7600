"""How many tasks a policy wants, and when a schedule fires."""

from datetime import UTC, datetime, timedelta

import pytest

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.scaling.amounts import step_count, tracking_count
from runbook_tui.simulator.scaling.calendar import is_due

_OUT = [
    {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 15.0, "ScalingAdjustment": 1},
    {"MetricIntervalLowerBound": 15.0, "ScalingAdjustment": 3},
]
_IN = [
    {"MetricIntervalUpperBound": 0.0, "MetricIntervalLowerBound": -15.0, "ScalingAdjustment": -1},
    {"MetricIntervalUpperBound": -15.0, "ScalingAdjustment": -2},
]


@pytest.mark.parametrize(("beyond", "wanted"), [(0.0, 3), (14.9, 3), (15.0, 5), (40.0, 5), (-1.0, None)])
def test_steps_out_begin_at_their_lower_bound(beyond: float, wanted: int | None) -> None:
    """The lower bound belongs to a step, the upper one to the next."""
    assert step_count({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": _OUT}, 2, beyond) == wanted


@pytest.mark.parametrize(("beyond", "wanted"), [(0.0, 3), (-14.9, 3), (-15.0, 2), (-40.0, 2), (1.0, None)])
def test_steps_in_begin_at_their_upper_bound(beyond: float, wanted: int | None) -> None:
    """Below the threshold it is the other way round."""
    assert step_count({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": _IN}, 4, beyond) == wanted


@pytest.mark.parametrize(
    ("kind", "amount", "least", "wanted"),
    [
        ("ExactCapacity", 5, 0, 5),
        ("PercentChangeInCapacity", 10, 0, 5),
        ("PercentChangeInCapacity", 10, 2, 6),
        ("PercentChangeInCapacity", 60, 0, 6),
        ("PercentChangeInCapacity", -30, 0, 3),
        ("ChangeInCapacity", 2, 0, 6),
    ],
)
def test_kinds_of_adjustment(kind: str, amount: int, least: int, wanted: int) -> None:
    """Of four tasks; percentages are cut towards zero but change at least one task."""
    steps = [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": amount}]
    configuration = {"AdjustmentType": kind, "StepAdjustments": steps, "MinAdjustmentMagnitude": least}
    assert step_count(configuration, 4, 1.0) == wanted


@pytest.mark.parametrize(
    ("current", "value", "high", "wanted"),
    [(2, 90, True, 3), (2, 61, True, 3), (4, 240, True, 16), (4, 30, False, 2), (4, 53, False, 4)],
)
def test_target_tracking_is_proportional(current: int, value: float, high: bool, wanted: int) -> None:
    """With a target of 60: never in when it is too high, in only as far as the target allows."""
    assert tracking_count(current, value, 60, high=high) == wanted


_SUNDAY = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "zone", "due"),
    [
        ("at(2026-11-22T02:30:00)", None, True),
        ("at(2026-11-22T08:00:00)", "Asia/Kolkata", True),
        ("at(2026-11-22T02:31:00)", None, False),
        ("cron(30 2 * * ? *)", None, True),
        ("cron(0 8 ? * SUN *)", "Asia/Kolkata", True),
        ("cron(30 2 ? * MON-FRI *)", None, False),
        ("cron(0/15 2 22 NOV ? 2026)", None, True),
        ("cron(0/7 * * * ? *)", None, False),
        ("cron(30 2 1,22 * ? *)", None, True),
        ("rate(30 minutes)", None, True),
        ("rate(1 hour)", None, False),
    ],
)
def test_schedules_fire_in_their_minute(schedule: str, zone: str | None, due: bool) -> None:
    """In their own time zone; a rate counts from when it was made, half an hour before."""
    assert is_due(schedule, zone, _SUNDAY - timedelta(minutes=30), _SUNDAY) is due


@pytest.mark.parametrize(
    ("schedule", "zone"),
    [("every day", None), ("cron(1 2 3)", None), ("rate(1 minute)", "Mars/Olympus"), ("cron(L 2 * * ? *)", None)],
)
def test_what_is_no_schedule_is_refused(schedule: str, zone: str | None) -> None:
    """So is what the simulator cannot read."""
    with pytest.raises(Refused):
        is_due(schedule, zone, _SUNDAY, _SUNDAY)
