"""The load: a function of time and seed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.simulator.metrics.load import Load, minute_of, time_of

_MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
_EVENING, _BEFORE_DAWN = _MONDAY + timedelta(hours=14, minutes=30), _MONDAY + timedelta(hours=2, minutes=30)


def test_the_same_seed_makes_the_same_load_in_whatever_order() -> None:
    """It can be asked for any minute of the past without having been there."""
    one, other = Load(7), Load(7)
    minutes = [minute_of(_MONDAY) + step * 997 for step in range(-50, 50)]
    assert [one.requests("prod", each) for each in minutes] == [
        other.requests("prod", each) for each in reversed(minutes)
    ][::-1]
    assert one.requests("prod", minutes[0]) != Load(8).requests("prod", minutes[0])


def test_days_and_weeks_have_a_shape() -> None:
    """More in the evening of India than before dawn, less on a Sunday than on a Monday."""
    load = Load()
    assert load.rate("prod", _EVENING) > 1.4 * load.rate("prod", _BEFORE_DAWN)
    days = [
        sum(load.rate("prod", _MONDAY + timedelta(days=day, minutes=5 * step)) for step in range(288))
        for day in (-1, 0)
    ]
    assert days[0] < 0.98 * days[1]


def test_environments_differ() -> None:
    """Staging gets less than prod."""
    assert Load().rate("staging", _EVENING) < Load().rate("prod", _EVENING)


def test_a_spike_ends_by_itself() -> None:
    """From its first minute to its last, and for its environment alone."""
    load, plain = Load(), Load()
    load.spike("prod", 3.0, _EVENING, 10)
    factors = [
        load.rate("prod", _EVENING + timedelta(minutes=each)) / plain.rate("prod", _EVENING + timedelta(minutes=each))
        for each in range(-1, 11)
    ]
    assert [round(each, 6) for each in factors] == [1.0, *[3.0] * 10, 1.0]
    assert load.rate("staging", _EVENING) == plain.rate("staging", _EVENING)


def test_growth_is_slow_and_stays() -> None:
    """Half of it after half of the time."""
    load, plain = Load(), Load()
    load.growth("prod", 3.0, _EVENING, 10)
    factors = [
        load.rate("prod", _EVENING + timedelta(days=each)) / plain.rate("prod", _EVENING + timedelta(days=each))
        for each in (0, 5, 10, 40)
    ]
    assert [round(each, 6) for each in factors] == [1.0, 2.0, 3.0, 3.0]


@settings(max_examples=50)
@given(st.integers(1, 600), st.integers(0, 900), st.booleans())
def test_cancelling_changes_the_future_alone(minutes: int, after: int, grows: bool) -> None:
    """What was measured before the cancel is measured the same for ever; afterwards all is as usual."""
    load, plain = Load(), Load()
    made = (
        load.growth("prod", 4.0, _EVENING, minutes / 1440 + 0.01)
        if grows
        else load.spike("prod", 4.0, _EVENING, minutes)
    )
    end = _EVENING + timedelta(minutes=after)
    watched = range(minute_of(_EVENING) - 5, minute_of(end) + 1)
    before = [load.requests("prod", each) for each in watched]
    load.cancel(made, end)
    assert [load.requests("prod", each) for each in watched] == [*map(_near, before)]
    later = minute_of(end) + 2
    assert load.requests("prod", later) == _near(plain.requests("prod", later))


def _near(value: float) -> object:
    import pytest

    return pytest.approx(value, rel=1e-6)


def test_minutes_are_numbered_since_1970() -> None:
    """And back."""
    assert time_of(minute_of(_EVENING + timedelta(seconds=59))) == _EVENING
