"""Since when a series is worse: found where it begins, whatever its noise, and nowhere else."""

import random
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.triage.onset import noise, shift
from tests.support.scenes import NOW

MINUTES = 60
START = NOW.replace(second=0) - timedelta(minutes=MINUTES)


def series(values: list[float]) -> dict[datetime, float]:
    return {START + timedelta(minutes=minute): value for minute, value in enumerate(values)}


def _noisy(seed: int, level: float, sigma: float) -> list[float]:
    chance = random.Random(seed)
    return [level + chance.gauss(0.0, sigma) for _ in range(MINUTES)]


@given(seed=st.integers(0, 10_000), level=st.floats(0.0, 1e4), sigma=st.floats(0.001, 100.0))
def test_mere_noise_has_no_onset(seed: int, level: float, sigma: float) -> None:
    """However loud it is: what a series does all the time is no change."""
    assert shift("cpu", series(_noisy(seed, level, sigma)), least=sigma) is None


@given(
    seed=st.integers(0, 10_000),
    at=st.integers(5, MINUTES - 3),
    sigma=st.floats(0.01, 10.0),
    times=st.floats(12.0, 1000.0),
)
def test_a_step_is_found_where_it_is(seed: int, at: int, sigma: float, times: float) -> None:
    """A step of a dozen times the noise, to the minute or its neighbour, with both levels."""
    step = sigma * times
    values = [one + (step if minute >= at else 0.0) for minute, one in enumerate(_noisy(seed, 50.0, sigma))]
    found = shift("cpu", series(values), least=sigma)
    assert found is not None
    assert abs((found.at - START) / timedelta(minutes=1) - at) <= 1
    assert abs(found.after - found.before - step) < 4 * sigma
    assert found.ended is None


@given(values=st.lists(st.floats(-1e3, 1e3), max_size=80), hours=st.integers(-1000, 1000), lift=st.integers(-500, 500))
def test_when_and_how_high_it_was_does_not_matter(values: list[float], hours: int, lift: int) -> None:
    """The same series at another time is found at that time; a fall is a rise upside down."""
    plain = shift("x", series(values), least=1.0)
    moved = {at + timedelta(hours=hours): value for at, value in series(values).items()}
    later = shift("x", moved, least=1.0)
    assert (later.at - timedelta(hours=hours) if later else None) == (plain.at if plain else None)
    fallen = shift("x", {at: -value for at, value in series(values).items()}, least=1.0, falls=True)
    assert (fallen.at if fallen else None) == (plain.at if plain else None)


@given(first=st.integers(5, 25), length=st.integers(6, 20))
def test_what_is_over_has_an_end(first: int, length: int) -> None:
    """Trouble that began and ended is found with both times."""
    values = [40.0 if first <= minute < first + length else 1.0 for minute in range(MINUTES)]
    found = shift("errors", series(values), least=2.0)
    assert found is not None
    assert (found.at, found.ended) == (START + timedelta(minutes=first), START + timedelta(minutes=first + length))


def test_better_is_no_trouble() -> None:
    """A rate that falls, hosts that come back."""
    values = [0.3] * 30 + [0.0] * 30
    assert shift("error_rate", series(values), least=0.01) is None
    assert shift("healthy", series([0.0] * 30 + [2.0] * 30), least=0.9, falls=True) is None


def test_one_wild_minute_is_no_onset() -> None:
    """A spike of one point, however high, in the middle or as the last."""
    for place in (20, MINUTES - 1):
        values = [1.0] * MINUTES
        values[place] = 5000.0
        assert shift("errors", series(values), least=2.0) is None


@given(values=st.lists(st.floats(-1e6, 1e6), max_size=80), least=st.floats(0.001, 1e3))
def test_noise_is_never_nothing(values: list[float], least: float) -> None:
    """Else every step of a still series would be infinitely many times its noise."""
    assert noise(values, least) >= least / 5.0


def test_a_series_too_short_tells_nothing() -> None:
    """From none to three points."""
    for count in range(4):
        assert shift("cpu", series([float(10**count)] * count), least=1.0) is None
