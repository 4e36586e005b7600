"""Charts as data and as letters."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.core.chart import Chart, Limit, Line, Mark, charts_of, mean, resampled, round_up, told, without_charts
from runbook_tui.core.chart_text import drawn, plain

START = datetime(2026, 8, 25, tzinfo=UTC)
VALUES = st.lists(st.none() | st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=60)


def chart(*lines: list[float | None], **fields: object) -> Chart:
    named = tuple(Line(name=f"line {number}", values=tuple(values)) for number, values in enumerate(lines))
    return Chart(title="CPU", unit="%", start=START, step=3600.0, lines=named, **fields)  # type: ignore[arg-type]


def test_a_chart_in_letters() -> None:
    """The mean is an area, the highest are points, a limit is a dashed line, a gap is a question mark."""
    shown = chart(
        [10, 20, 30, 40, None, 20, 30, 40, 10, 20, 30, 40],
        [20, 30, 40, 60, None, 30, 40, 60, 20, 30, 40, 60],
        limits=(Limit(name="scales out", value=50),),
        marks=(Mark(at=START + timedelta(hours=4, minutes=30), name="release"),),
    )
    assert plain(shown, 16, 4).splitlines() == [
        "CPU, %",
        "  █ line 0  • line 1  ╌ scales out 50  ? no data",
        " 60│╌╌╌•╌╌╌•╌╌╌•",
        "   │ ••▅┊••▅ ••▅",
        " 30│•▃██┊▃██•▃██",
        "  0│▅███?███▅███",
        "   └08-25 00:00",
        "    ┊ 08-25 04:3",
    ]


@given(VALUES, VALUES, st.integers(14, 200), st.integers(3, 12))
def test_no_line_is_wider_than_its_place(
    first: list[float | None], second: list[float | None], width: int, height: int
) -> None:
    """Whatever the values: the rows of the plot are as many as asked for, and fit."""
    shown = chart(first, second)
    lines = ["".join(piece.text for piece in line) for line in drawn(shown, width, height)]
    plotted = [line for line in lines if "│" in line]
    assert len(plotted) == height
    assert all(len(line) <= max(width, 12 + line.index("│") + 1) for line in plotted)


@given(VALUES, st.integers(1, 80))
def test_resampling_keeps_what_there_is(values: list[float | None], number: int) -> None:
    """As many as asked for at most; the highest stays the highest, and a mean lies between the outermost."""
    there = [value for value in values if value is not None]
    highest, means = resampled(values, number, max), resampled(values, number, mean)
    assert len(highest) == len(means) == min(number, len(values))
    assert max((value for value in highest if value is not None), default=None) == max(there, default=None)
    tolerance = 1e-6 * max(there, default=0)
    assert all(min(there) - tolerance <= value <= max(there) + tolerance for value in means if value is not None)


@given(st.floats(1e-6, 1e12))
def test_an_axis_ends_above_its_values_and_not_far(value: float) -> None:
    """Less than twice as high."""
    assert value <= round_up(value) * 1.000001
    assert round_up(value) <= 2 * value * 1.000001


def test_a_chart_travels_in_evidence() -> None:
    """As it was, and apart from what else is there."""
    shown = chart([1.0, None, 3.0], marks=(Mark(at=START, name="here"),))
    evidence = {"days": 90, **told(shown)}
    assert charts_of(evidence) == (shown,)
    assert without_charts(evidence) == {"days": 90}


@pytest.mark.parametrize("held", [None, "charts", [1], [{}], [{"title": "x", "step": 0}]])
def test_what_is_no_chart_is_not_drawn(held: object) -> None:
    """It is read as any other evidence."""
    evidence = {"charts": held}
    assert charts_of(evidence) == ()
    assert without_charts(evidence) == evidence
