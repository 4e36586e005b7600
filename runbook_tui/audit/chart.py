"""A chart as SVG inside a page: no script, nothing loaded, told in words too, and as plain in black and white."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from runbook_tui.core.chart import Chart, Line, at_place, clock, number
from runbook_tui.core.text import clean

_WIDTH: Final = 760
_HEIGHT: Final = 210
_LEFT, _RIGHT, _TOP, _FOOT = 52, 150, 36, 26  # room for the axis, the lines' names, the marks' names, the times
_DASHES: Final = ("", "7 3", "2 3", "9 3 2 3")  # lines are told apart by them alone


def svg(chart: Chart, place: str) -> str:
    """``place`` tells its ids from those of the page's other charts: letters, digits and ``-``."""
    named = f'aria-labelledby="{place}-t {place}-d"'
    parts = [
        f'<svg class="chart" role="img" {named} viewBox="0 0 {_WIDTH} {_HEIGHT}" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="{place}-t">{_text(_titled(chart))}</title>',
        f'<desc id="{place}-d">{_text(in_words(chart))}</desc>',
        *_axes(chart),
        *_gaps(chart),
        *_limits(chart),
        *(part for number, line in enumerate(chart.lines) for part in _line(chart, line, number)),
        *_marks(chart),
        "</svg>",
    ]
    return f"<figure><figcaption>{_text(_titled(chart))}</figcaption>{''.join(parts)}</figure>\n"


def in_words(chart: Chart) -> str:
    """What somebody is told who does not see it."""
    said = [f"From {clock(chart, chart.start)} to {clock(chart, chart.end)} UTC"]
    for line in chart.lines:
        values = [value for value in line.values if value is not None]
        if values:
            spread = f"{number(min(values))} to {number(max(values))}, at the end {number(values[-1])}"
            said.append(f"{line.name}: {spread} {chart.unit}".rstrip())
        else:
            said.append(f"{line.name}: no data")
    said += [f"{limit.name}: {number(limit.value)} {chart.unit}".rstrip() for limit in chart.limits]
    said += [f"{clock(chart, mark.at)}: {mark.name}" for mark in chart.marks]
    if chart.missing:
        said.append(f"no data at {chart.missing} of {chart.length} points")
    return ". ".join(said) + "."


def _titled(chart: Chart) -> str:
    return f"{chart.title}, {chart.unit}" if chart.unit else chart.title


def _x(chart: Chart, place: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * place / max(1, chart.length)


def _y(chart: Chart, value: float) -> float:
    share = min(max(value / chart.top, 0.0), 1.0)
    return _TOP + (_HEIGHT - _TOP - _FOOT) * (1 - share)


def _axes(chart: Chart) -> Iterator[str]:
    left, right, foot = _x(chart, 0), _x(chart, chart.length), _y(chart, 0)
    for value in (0.0, chart.top / 2, chart.top):
        y = _y(chart, value)
        yield f'<path class="grid" d="M{left:.1f} {y:.1f}H{right:.1f}"/>'
        yield f'<text x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{number(value)}</text>'
    for at, x, anchor in ((chart.start, left, "start"), (chart.end, right, "end")):
        yield f'<text x="{x:.1f}" y="{foot + 18:.1f}" text-anchor="{anchor}">{clock(chart, at)}</text>'


def _line(chart: Chart, line: Line, place: int) -> Iterator[str]:
    dash = f' stroke-dasharray="{_DASHES[place % len(_DASHES)]}"' if place % len(_DASHES) else ""
    path = "".join(_strokes(chart, line))
    if path:
        yield f'<path class="line"{dash} d="{path}"/>'
    x, y = _x(chart, chart.length) + 8, _TOP + 8 + place * 18
    yield f'<path class="line"{dash} d="M{x:.1f} {y - 4:.1f}h22"/>'
    yield f'<text x="{x + 28:.1f}" y="{y:.1f}">{_text(line.name)}</text>'


def _strokes(chart: Chart, line: Line) -> Iterator[str]:
    """One stroke for each stretch without a gap; a lone value is a short one."""
    pen = "M"
    for place, value in enumerate(line.values):
        if value is None:
            pen = "M"
            continue
        yield f"{pen}{_x(chart, place + 0.5):.1f} {_y(chart, value):.1f}"
        if pen == "M" and at_place(line.values, place + 1) is None:
            yield "h2"
        pen = "L"


def _gaps(chart: Chart) -> Iterator[str]:
    for first, end in _stretches(
        place for place in range(chart.length) if any(at_place(line.values, place) is None for line in chart.lines)
    ):
        x, wide = _x(chart, first), _x(chart, end) - _x(chart, first)
        yield f'<rect class="gap" x="{x:.1f}" y="{_TOP}" width="{wide:.1f}" height="{_HEIGHT - _TOP - _FOOT}"/>'


def _stretches(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbours together, from the first to before the end."""
    first = end = -1
    for place in places:
        if place != end:
            if end >= 0:
                yield first, end
            first = place
        end = place + 1
    if end >= 0:
        yield first, end


def _limits(chart: Chart) -> Iterator[str]:
    for limit in chart.limits:
        y, right = _y(chart, limit.value), _x(chart, chart.length)
        yield f'<path class="limit" d="M{_LEFT} {y:.1f}H{right:.1f}"/>'
        said = f"{limit.name} {number(limit.value)}"
        yield f'<text class="limit" x="{_LEFT + 4}" y="{y - 4:.1f}">{_text(said)}</text>'


def _marks(chart: Chart) -> Iterator[str]:
    span = (chart.end - chart.start).total_seconds()
    for turn, mark in enumerate(chart.marks):
        place = (mark.at - chart.start).total_seconds() / span * chart.length
        if 0 <= place <= chart.length:
            x, y = _x(chart, place), 12 + 14 * (turn % 2)  # two rows: neighbours do not cover one another
            yield f'<path class="mark" d="M{x:.1f} {_TOP}V{_HEIGHT - _FOOT}"/>'
            yield f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{_text(mark.name)}</text>'


def _text(untrusted: str) -> str:
    return escape(clean(untrusted))
