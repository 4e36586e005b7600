"""The course of a run as SVG: a bar a visit, a strip a check that turned. Every state is a shape and a word, too."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from itertools import pairwise
from typing import Final

from runbook_tui.audit.course import Course, Stay, Strip
from runbook_tui.core.text import clean, middle
from runbook_tui.core.verdict import Status

_WIDTH: Final = 760
_LEFT: Final = 250
_RIGHT: Final = 90
_ROW: Final = 18
_TOP: Final = 34
# How much of a row's height a status fills: bad news is tall, so that it is seen without any colour.
_FILLS: Final[Mapping[Status, float]] = {
    Status.PASS: 0.2,
    Status.WARN: 0.5,
    Status.FAIL: 0.9,
    Status.UNKNOWN: 0.7,
    Status.SKIP: 0.1,
}


def course_svg(course: Course, titles: Mapping[str, str]) -> str:
    """``titles`` by step id."""
    rows = len(course.stays) + len(course.strips)
    height = _TOP + rows * _ROW + 24
    size = f'viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg"'
    parts = [
        f'<svg class="chart" role="img" aria-labelledby="course-t course-d" {size}>',
        '<title id="course-t">The course of the run</title>',
        f'<desc id="course-d">{_text(in_words(course, titles))}</desc>',
        *(part for row, stay in enumerate(course.stays) for part in _stay(course, stay, row, titles)),
        *(part for row, strip in enumerate(course.strips, len(course.stays)) for part in _strip(course, strip, row)),
        *_marks(course, height),
        *_times(course, height),
        "</svg>",
    ]
    return f"<figure>{''.join(parts)}</figure>\n"


def in_words(course: Course, titles: Mapping[str, str]) -> str:
    said = [f"From {_clock(course, course.start)} to {_clock(course, course.end)} UTC"]
    said += [
        f"{_clock(course, stay.start)} {titles.get(stay.step, stay.step)}: {stay.outcome or 'not left'}"
        for stay in course.stays
    ]
    for strip in course.strips:
        turns = ", ".join(f"{turn.status.word} from {_clock(course, turn.start)}" for turn in strip.turns)
        said.append(f"{strip.check}: {turns}")
    said += [f"{_clock(course, mark.at)} {mark.name}" for mark in course.marks]
    return ". ".join(said) + "."


def _stay(course: Course, stay: Stay, row: int, titles: Mapping[str, str]) -> Iterator[str]:
    y = _TOP + row * _ROW
    x, end = _x(course, stay.start), _x(course, stay.end)
    kind = "done" if stay.outcome == "done" else "other"
    yield _label(titles.get(stay.step, stay.step), y)
    yield f'<rect class="{kind}" x="{x:.1f}" y="{y + 3}" width="{max(2.0, end - x):.1f}" height="{_ROW - 7}"/>'
    yield f'<text x="{end + 6:.1f}" y="{y + 13}">{_text(stay.outcome or "not left")}</text>'


def _strip(course: Course, strip: Strip, row: int) -> Iterator[str]:
    y = _TOP + row * _ROW
    yield _label(strip.check, y)
    ends = [*(turn.start for turn in strip.turns), course.end]
    for turn, (start, end) in zip(strip.turns, pairwise(ends), strict=True):
        x, wide = _x(course, start), max(2.0, _x(course, end) - _x(course, start))
        tall = (_ROW - 4) * _FILLS[turn.status]
        top = y + 2 + (_ROW - 4 - tall) / 2
        name = f"<title>{turn.status.symbol} {turn.status.word} from {_clock(course, start)}</title>"
        place = f'x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
        yield f'<rect class="turn {turn.status.word}" {place}>{name}</rect>'
    last = strip.turns[-1].status
    yield f'<text x="{_x(course, course.end) + 6:.1f}" y="{y + 13}">{last.symbol} {last.word}</text>'


def _marks(course: Course, height: int) -> Iterator[str]:
    for turn, mark in enumerate(course.marks):
        x, y = _x(course, mark.at), 12 + 14 * (turn % 2)
        yield f'<path class="mark" d="M{x:.1f} {_TOP - 4}V{height - 20}"/>'
        yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{_text(mark.name)}</text>'


def _times(course: Course, height: int) -> Iterator[str]:
    for at, anchor in ((course.start, "start"), (course.end, "end")):
        yield f'<text x="{_x(course, at):.1f}" y="{height - 6}" text-anchor="{anchor}">{_clock(course, at)}</text>'


def _x(course: Course, at: datetime) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * course.share(at)


def _label(name: str, y: int) -> str:
    return f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{_text(middle(clean(name), 40))}</text>'


def _clock(course: Course, at: datetime) -> str:
    utc, long = at.astimezone(UTC), (course.end - course.start).days
    return f"{utc:%m-%d %H:%M}" if long else f"{utc:%H:%M:%S}"


def _text(untrusted: str) -> str:
    return escape(clean(untrusted, 4000))
