"""Statistics of samples."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.simulator.metrics.sample import Sample, counted, known, merged, of_values, single, statistic_of

_TEN = of_values([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("SampleCount", 10),
        ("Sum", 55),
        ("Average", 5.5),
        ("Minimum", 1),
        ("Maximum", 10),
        ("p50", 5.5),
        ("p90", 9.5),
        ("p100", 10),
        ("TM(20%:80%)", 5.5),
        ("TM(2:4)", 3),
        ("TC(:5)", 5),
        ("TS(8:)", 27),
        ("PR(0:3)", 30),
        ("tm90", 5.0),
        ("WM(3:8)", 5.5),
        ("IQM", 5.5),
    ],
)
def test_statistics_of_ten_numbers(statistic: str, value: float) -> None:
    """Each as CloudWatch defines it."""
    assert statistic_of(_TEN, statistic) == pytest.approx(value)


@pytest.mark.parametrize("statistic", ["Median", "p101", "p", "sum", "TM(1)", "PR(1%:2%)", ""])
def test_other_statistics_are_unknown(statistic: str) -> None:
    """They must be refused, not computed as something else."""
    assert not known(statistic)


def test_no_requests_make_no_sample() -> None:
    """Metrics that count are missing then, not zero."""
    assert counted(0) is None
    assert counted(3) == Sample(3, 3, 1, 1)


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), min_size=1, max_size=6))
def test_merged_samples_are_one(parts: list[list[float]]) -> None:
    """Five minutes together are what they would be when they were sampled at once."""
    whole, together = of_values([value for part in parts for value in part]), merged(map(of_values, parts))
    assert together is not None
    assert (together.count, together.low, together.high) == (whole.count, whole.low, whole.high)
    assert together.total == pytest.approx(whole.total)
    assert [value for value, _ in together.points] == [value for value, _ in whole.points]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_percentiles_rise_within_the_bounds(values: list[float]) -> None:
    """From the least to the greatest."""
    sample = of_values(values)
    ranks = [statistic_of(sample, f"p{rank}") for rank in (1, 10, 50, 90, 99, 99.9, 100)]
    assert ranks == sorted(ranks)
    assert sample.low <= ranks[0] <= ranks[-1] <= sample.high or math.isclose(sample.low, sample.high)


def test_one_value_is_every_percentile() -> None:
    """And its sum is as often as it was there."""
    assert statistic_of(single(4, 3), "p99.9") == 4
    assert statistic_of(single(4, 3), "Sum") == 12
