"""A chart in letters: for a terminal, and for a ticket that shows no pictures. Pure.

The first line is an area, the others are points above it, so that it reads without any colour. Every column stands for
the same share of the time: the mean of an area, the highest of points. A column without a value shows ``?``.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from runbook_tui.core.chart import Chart, Limit, Line, Values, at_place, clock, mean, number, resampled

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_POINTS: Final = "•×+"
_LEAST: Final = 12  # columns: narrower than that there is nothing to see


class Role(StrEnum):
    """What a piece of text is, for whoever has colours."""

    TITLE = "title"
    AXIS = "axis"
    AREA = "area"
    POINT = "point"
    LIMIT = "limit"
    MARK = "mark"
    GAP = "gap"


class Piece(Struct, frozen=True):
    text: str
    role: Role


Drawn = list[Piece]


def drawn(chart: Chart, width: int, height: int = 6) -> list[Drawn]:
    """Lines of text of at most ``width`` cells: the title with the legend, ``height`` rows, the times, the marks."""
    top = chart.top
    labels = [number(top), number(top / 2), "0"]
    margin = max(map(len, labels)) + 1
    columns = max(_LEAST, width - margin - 1)
    grid = _grid(chart, columns, height, top)
    rows = []
    for row in range(height):
        label = labels[0] if row == 0 else labels[1] if row == height // 2 else labels[2] if row == height - 1 else ""
        rows.append([Piece(f"{label:>{margin}}│", Role.AXIS), *_joined(grid[row])])
    return [*_title(chart, width), *rows, *_below(chart, margin, columns)]


def plain(chart: Chart, width: int = 100, height: int = 8) -> str:
    """The chart as it stands in a ticket."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in drawn(chart, width, height))


def _title(chart: Chart, width: int) -> list[Drawn]:
    """With what each sign means, on a line of its own where one is too narrow."""
    title = Piece(f"{chart.title}{f', {chart.unit}' if chart.unit else ''}", Role.TITLE)
    signs = ["█", *_POINTS]
    legend = [
        Piece(f"  {sign} {line.name}", Role.POINT if place else Role.AREA)
        for place, (sign, line) in enumerate(zip(signs, chart.lines, strict=False))
    ]
    legend += [Piece(f"  ╌ {limit.name} {number(limit.value)}", Role.LIMIT) for limit in chart.limits]
    legend += [Piece("  ? no data", Role.GAP)] if chart.missing else []
    if sum(len(piece.text) for piece in (title, *legend)) <= width:
        return [[title, *legend]]
    return [[title], legend]


def _grid(chart: Chart, columns: int, height: int, top: float) -> list[list[tuple[str, Role]]]:
    blank = (" ", Role.AXIS)
    grid = [[blank] * columns for _ in range(height)]
    for limit in chart.limits:
        _rule(grid, limit, height, top)
    area, *others = chart.lines
    for place, value in enumerate(_spread(area, columns)):
        _fill(grid, place, value, height, top)
    for sign, line in zip(_POINTS, others, strict=False):
        for place, value in enumerate(_spread(line, columns, highest=True)):
            if value is not None:
                grid[_row(value, height, top)][place] = (sign, Role.POINT)
    for place in _places(chart, columns):
        for row in range(height):
            if grid[row][place] == blank:
                grid[row][place] = ("┊", Role.MARK)
    return grid


def _rule(grid: list[list[tuple[str, Role]]], limit: Limit, height: int, top: float) -> None:
    row = _row(limit.value, height, top)
    grid[row] = [("╌", Role.LIMIT) for _ in grid[row]]


def _fill(grid: list[list[tuple[str, Role]]], place: int, value: float | None, height: int, top: float) -> None:
    if value is None:
        grid[height - 1][place] = ("?", Role.GAP)
        return
    eighths = round(min(max(value, 0.0), top) / top * height * 8)
    for row in range(height):
        part = min(8, max(0, eighths - (height - 1 - row) * 8))
        if part:
            grid[row][place] = (_EIGHTHS[part], Role.AREA)


def _row(value: float, height: int, top: float) -> int:
    level = min(max(value, 0.0), top) / top * height
    return min(height - 1, max(0, height - 1 - int(level)))


def _spread(line: Line, columns: int, *, highest: bool = False) -> Values:
    """One value a column: several of them in one, or one over several."""
    if len(line.values) >= columns:
        return resampled(line.values, columns, max if highest else mean)
    count = len(line.values)
    return tuple(at_place(line.values, place * count // columns) for place in range(columns)) if count else ()


def _places(chart: Chart, columns: int) -> list[int]:
    span = (chart.end - chart.start).total_seconds()
    found = [int((mark.at - chart.start).total_seconds() / span * columns) for mark in chart.marks]
    return [place for place in found if 0 <= place < columns]


def _below(chart: Chart, margin: int, columns: int) -> list[Drawn]:
    first, last = clock(chart, chart.start), clock(chart, chart.end)
    times = f"{first}{last:>{columns - len(first)}}" if columns >= len(first) + len(last) + 1 else first
    lines = [[Piece(f"{'':{margin}}└{times}", Role.AXIS)]]
    if chart.marks:
        text = " · ".join(f"{clock(chart, mark.at)} {mark.name}" for mark in chart.marks)
        lines.append([Piece(f"{'':{margin}} ┊ {text}"[: margin + 1 + columns], Role.MARK)])
    return lines


def _joined(row: list[tuple[str, Role]]) -> Drawn:
    """Neighbours of one role as one piece."""
    found: Drawn = []
    for sign, role in row:
        if found and found[-1].role is role:
            found[-1] = Piece(found[-1].text + sign, role)
        else:
            found.append(Piece(sign, role))
    return found
