"""The course of a run in letters: one line a visit, one a check that turned. For a ticket that shows no pictures."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from runbook_tui.audit.course import Course
from runbook_tui.core.text import clean, middle

_NAME: Final = 34
_WIDE: Final = 60


def course_text(course: Course, titles: Mapping[str, str]) -> Iterator[str]:
    """Lines of at most 110 letters. ``titles`` by step id."""
    for stay in course.stays:
        first, last = _place(course, stay.start), _place(course, stay.end)
        bar = " " * first + "█" * max(1, last - first)
        yield f"{_name(titles.get(stay.step, stay.step))} │{bar:<{_WIDE}}│ {clean(stay.outcome) or 'not left'}"
    for strip in course.strips:
        ends = [*(turn.start for turn in strip.turns), course.end]
        drawn = [" "] * _WIDE
        for turn, (start, end) in zip(strip.turns, pairwise(ends), strict=True):
            first, last = _place(course, start), _place(course, end)
            drawn[first : max(first + 1, last)] = turn.status.symbol * max(1, last - first)
        yield f"{_name(strip.check)} │{''.join(drawn)[:_WIDE]}│ {strip.turns[-1].status.word}"
    first_time, last_time = _clock(course, course.start), _clock(course, course.end)
    yield f"{'':{_NAME}}  {first_time}{last_time:>{_WIDE - len(first_time)}}"
    for mark in course.marks:
        yield f"{'':{_NAME}}  {_clock(course, mark.at)} {clean(mark.name)}"


def _place(course: Course, at: datetime) -> int:
    return min(_WIDE - 1, int(course.share(at) * _WIDE))


def _name(text: str) -> str:
    return f"{middle(clean(text), _NAME):<{_NAME}}"


def _clock(course: Course, at: datetime) -> str:
    """The day only where the run took more than one."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S}" if (course.end - course.start).days else f"{utc:%H:%M:%S}"
