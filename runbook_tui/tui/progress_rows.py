"""How far a wait has come, as rows: bars with their numbers, what the source says, and the truth. Pure."""

from typing import Final

from textual.content import Content

from runbook_tui.core.progress import Usual
from runbook_tui.core.reading import Gauge, Progress, Remark, Tone
from runbook_tui.core.text import clean
from runbook_tui.tui.paint import ACCENT, BAD, DIM, GOOD, dim
from runbook_tui.tui.times import minutes
from runbook_tui.tui.widgets.lines import Row

_BAR: Final = 10  # cells
_STYLE: Final = {Tone.PLAIN: "", Tone.GOOD: GOOD, Tone.BAD: BAD}
_SYMBOL: Final = {Tone.PLAIN: "…", Tone.GOOD: "✔", Tone.BAD: "✘"}


def progress_rows(readings: tuple[Progress, ...], width: int) -> list[Row]:
    """The truths first: the one thing that somebody who waits wants to know."""
    rows = [row for one in readings if one.truth is not None for row in _truth(one.truth, width)]
    for one in readings:
        rows += _source(one, width)
    return rows


def expected(usual: Usual | None) -> str:
    """``usually 04:05 (5 runs)``; empty where nobody has waited for it before."""
    if usual is None:
        return ""
    return f"usually {minutes(usual.seconds)} ({usual.runs} run{'s' if usual.runs != 1 else ''})"


def _truth(truth: Remark, width: int) -> list[Row]:
    line = Content.assemble((f"{_SYMBOL[truth.tone]} {clean(truth.text, 400)}", f"bold {_STYLE[truth.tone]}".strip()))
    return [Row(part) for part in line.wrap(width - 1)]


def _source(one: Progress, width: int) -> list[Row]:
    if one.trouble:
        return [Row(Content.assemble((f"? {one.title}  ", "bold"), dim(f"not known: {clean(one.trouble, 300)}")))]
    head = Content.styled(clean(one.title), f"bold {DIM}")
    quiet = len(one.gauges) == 1 and not one.gauges[0].value and not one.remarks
    if quiet:
        return [Row(Content.assemble(head, dim(f"  {one.gauges[0].name} 0")))]
    rows = [Row(head), *(Row(_gauge(gauge)) for gauge in one.gauges)]
    rows += [Row(part) for remark in one.remarks for part in _remark(remark, width)]
    return rows + [Row(Content.assemble(dim("  │ "), clean(line)).truncate(width - 1)) for line in one.log_lines]


def _gauge(gauge: Gauge) -> Content:
    full = min(_BAR, round(_BAR * gauge.value / gauge.of)) if gauge.of else 0
    bar = f"{'█' * full}{'░' * (_BAR - full)}  " if gauge.of else " " * (_BAR + 2)
    whole = f" of {gauge.of}" if gauge.of else ""
    colour = _STYLE[gauge.tone] or ACCENT
    return Content.assemble(
        f"  {gauge.name:<13}", (bar, colour), (f"{gauge.value}{whole}", "bold"), dim(f"  {clean(gauge.note, 200)}")
    )


def _remark(remark: Remark, width: int) -> list[Content]:
    mark = "✘ " if remark.tone is Tone.BAD else "  "
    line = Content.assemble("  ", (mark, _STYLE[remark.tone]), (clean(remark.text, 400), _STYLE[remark.tone] or DIM))
    return [line.truncate(width - 1, ellipsis=True)] if width < 100 else line.wrap(width - 1)[:2]
