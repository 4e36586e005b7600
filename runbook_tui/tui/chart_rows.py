"""A chart as lines of the screen: the letters tell it, colour only helps."""

from typing import Final

from textual.content import Content

from runbook_tui.core.chart import Chart
from runbook_tui.core.chart_text import Role, drawn
from runbook_tui.core.text import clean
from runbook_tui.tui.paint import ACCENT, CAUTION, DIM

_STYLES: Final = {
    Role.TITLE: "bold",
    Role.AXIS: DIM,
    Role.AREA: ACCENT,
    Role.POINT: "bold",
    Role.LIMIT: CAUTION,
    Role.MARK: CAUTION,
    Role.GAP: DIM,
}


def chart_lines(chart: Chart, width: int, height: int) -> list[Content]:
    return [
        Content.assemble(*((clean(piece.text), _STYLES[piece.role]) for piece in line))
        for line in drawn(chart, width, height)
    ]
