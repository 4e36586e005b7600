"""Node.js's calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.core.node_lts import HOLDS_UNTIL, KNOWN, LINES, Standing, line, newest, outdated, standing

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2023, 1, 1), date(2032, 1, 1))


@pytest.mark.parametrize(
    ("major", "expected"),
    [
        (16, Standing.ENDED),
        (18, Standing.ENDED),
        (20, Standing.ENDED),
        (22, Standing.OLD),
        (24, Standing.NEW),
        (25, Standing.ENDED),
        (26, Standing.NEW),
        (27, Standing.UNFIT),
        (28, Standing.UNHEARD),
    ],
)
def test_lines_on_a_day(major: int, expected: Standing) -> None:
    """Two LTS lines are new, an older one is old, what ended has ended, and of the future nothing is known."""
    assert standing(major, TODAY) is expected


def test_a_line_lives_through_its_last_day() -> None:
    """The day of its end still counts; the next one does not."""
    end = date(2027, 4, 30)
    assert standing(22, end) is Standing.OLD
    assert standing(22, end + timedelta(days=1)) is Standing.ENDED


@given(DAYS)
def test_two_lines_at_most_are_new(today: date) -> None:
    """However the day falls, no more than two lines are the newest, and the newest is one of them unless it ended."""
    new = [one.major for one in LINES if standing(one.major, today) is Standing.NEW]
    assert len(new) <= 2
    assert newest(today).major in new or today > newest(today).end


@given(st.integers(1, 60), DAYS, st.integers(0, 2000))
def test_what_has_ended_stays_ended(major: int, today: date, later: int) -> None:
    """No line comes back to life."""
    if standing(major, today) is Standing.ENDED:
        assert standing(major, today + timedelta(days=later)) is Standing.ENDED


def test_the_calendar_says_until_when_it_holds() -> None:
    """From the day on which a line that it does not know may be LTS, it calls itself outdated."""
    assert KNOWN < HOLDS_UNTIL
    assert not outdated(HOLDS_UNTIL)
    assert outdated(HOLDS_UNTIL + timedelta(days=1))
    assert line(99) is None
