"""The current step as rows: its text, its checks in a fixed order, its answers, how it is done by hand. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from textual.content import Content

from runbook_tui.core.chart import charts_of, without_charts
from runbook_tui.core.forecast import Forecast, May
from runbook_tui.core.progress import Observation
from runbook_tui.core.proposing import proposed
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import RunState, StepState, WaitPhase
from runbook_tui.core.text import clean, middle
from runbook_tui.core.verdict import Verdict
from runbook_tui.tui.chart_rows import chart_lines
from runbook_tui.tui.paint import (
    ACCENT,
    AHEAD_MARK,
    BAD,
    CAUTION,
    CURRENT_MARK,
    DIM,
    OUTCOME_MARK,
    dim,
    running_mark,
    status_mark,
)
from runbook_tui.tui.plan_rows import change_rows
from runbook_tui.tui.progress_rows import progress_rows
from runbook_tui.tui.prose import prose
from runbook_tui.tui.times import minutes, span
from runbook_tui.tui.widgets.lines import Row

READABLE = 100  # cells of a line of text that the eye still follows
SMALL, LARGE = 5, 8  # rows of a chart: beside the step's text, and as evidence


class ByHand(Struct, frozen=True, kw_only=True):
    """How the step is done without this program: calls of the AWS CLI, a page of the console."""

    calls: tuple[str, ...] = ()
    console: str = ""


def step_rows(
    step: Step, state: RunState, by_hand: ByHand, now: datetime, width: int, observed: Observation | None = None
) -> list[Row]:
    """``observed`` is how far the wait has come; it stands above all else while it lasts."""
    here = state.steps.get(step.id, StepState())
    if here.wait is WaitPhase.WAITING and observed is not None and observed.step == step.id:
        rest = _checks(step, here, now, width, gap=True) + _change(step, state, width, now, gap=True)
        return progress_rows(observed.readings, width) + rest
    rows = [Row(line) for line in prose(step.text, min(width - 1, READABLE))] if step.text else []
    if here.seen:
        rows = [*progress_rows(here.seen, width), Row(), *rows]
    rows += _checks(step, here, now, width, gap=bool(rows))
    rows += _change(step, state, width, now, gap=bool(rows))
    rows += _question(step, here, gap=bool(rows))
    rows += _charts(step, here, width)
    if by_hand.calls or by_hand.console:
        rows += _by_hand(by_hand, width, gap=bool(rows))
    return rows


def _heading(text: str, *, gap: bool) -> list[Row]:
    heading = Row(Content.styled(text, f"bold {DIM}"))
    return [Row(), heading] if gap else [heading]


def _checks(step: Step, here: StepState, now: datetime, width: int, *, gap: bool) -> list[Row]:
    if not step.all_checks:
        return []
    rows = _heading(_checks_heading(step, here, now), gap=gap)
    longest = min(max(len(check) for check in step.all_checks), max(16, width // 3))
    return rows + [Row(check_line(check, here, longest), f"check:{check}", pick=True) for check in step.all_checks]


def _charts(step: Step, here: StepState, width: int) -> list[Row]:
    """What the step's checks drew: below the answers, which nobody should have to look for."""
    drawn = [
        chart
        for check in step.all_checks
        if check in here.verdicts
        for chart in charts_of(here.verdicts[check].evidence)
    ]
    return [Row(line) for chart in drawn for line in (Content(), *chart_lines(chart, width - 1, SMALL))]


def _checks_heading(step: Step, here: StepState, now: datetime) -> str:
    """``Checks · 4 of 6 answered · until these pass: 02:10 of 15:00``."""
    total = len(step.all_checks)
    answered = total - len(here.pending)
    parts = ["Checks", f"{answered} of {total}" if here.pending else str(total)]
    if step.wait is not None and here.wait_started_at is not None:
        waited = (now - here.wait_started_at).total_seconds()
        match here.wait:
            case WaitPhase.WAITING:
                parts.append(f"waiting {minutes(waited)} of {minutes(step.wait.timeout)}")
            case WaitPhase.MET:
                parts.append("the wait was met")
            case WaitPhase.TIMED_OUT:
                parts.append(f"the wait timed out after {span(step.wait.timeout)}")
            case WaitPhase.NONE:
                pass
    return " · ".join(parts)


def check_line(check: str, here: StepState, longest: int) -> Content:
    name = f"{middle(clean(check), longest):<{longest}}  "
    verdict = here.verdicts.get(check)
    if check in here.pending:
        former = f"was {verdict.status.word}" if verdict is not None else ""
        return Content.assemble(running_mark(), name, dim(former))
    if verdict is None:
        return Content.assemble(dim("· waiting "), name)
    return Content.assemble(status_mark(verdict.status), name, *_standing(verdict), dim(clean(verdict.because)))


def _standing(verdict: Verdict) -> list[tuple[str, str]]:
    """What else the verdict rests on: a waiver never looks like a pass, nor a statement like a look."""
    waived = [(f"waived until {verdict.waiver.expires} ", CAUTION)] if verdict.waiver is not None else []
    return [*waived, *([("attested ", CAUTION)] if verdict.attested else [])]


def _change(step: Step, state: RunState, width: int, now: datetime, *, gap: bool) -> list[Row]:
    """The last change of this step, or what it would be."""
    made = [change for change in state.changes.values() if change.step == step.id]
    if not made and step.action is None:
        return []
    stack = f" · {len(state.undo_stack)} to undo" if state.undo_stack else ""
    heading = _heading(f"Change{stack}", gap=gap)
    if made:
        return heading + change_rows(made[-1], width - 1, now)
    use = step.action.use if step.action is not None else ""
    return [
        *heading,
        Row(Content.assemble(("◇ ", ACCENT), use, dim("   a plans it; nothing is changed before you confirm"))),
    ]


def _question(step: Step, here: StepState, *, gap: bool) -> list[Row]:
    if step.ask is None:
        return []
    rows = _heading("Your answer", gap=gap)
    likely = proposed(step.ask, here.verdicts) if not here.pending else None  # an answer is not heard before
    for number, (key, option) in enumerate(step.ask.options.items(), 1):
        seen = f"  ← likely: {clean(likely.because)}" if likely is not None and likely.option == key else ""
        mark = "  ← chosen" if here.option == key else seen
        line = Content.assemble((f"{number} ", f"bold {ACCENT}"), clean(option.label), dim(mark))
        rows.append(Row(line, f"option:{key}", pick=True))
    return rows


def _by_hand(by_hand: ByHand, width: int, *, gap: bool) -> list[Row]:
    rows = _heading("By hand · y copies", gap=gap)
    for number, call in enumerate(by_hand.calls):
        wrapped = Content(clean(call, 4000)).wrap(max(10, width - 5))
        rows += [
            Row(Content.assemble(dim("$ " if n == 0 else "  "), line), f"call:{number}" if n == 0 else "", pick=n == 0)
            for n, line in enumerate(wrapped)
        ]
    if by_hand.console:
        rows.append(Row(Content.assemble(dim("console  "), clean(by_hand.console, 2000)), "console", pick=True))
    return rows


def path_rows(runbook: Runbook, state: RunState, forecast: Sequence[Forecast] = ()) -> list[Row]:
    """Every step of the runbook with what became of it; ahead, the steps that this identity may not do."""
    barred = {one.step for one in forecast if one.may is May.NO}
    wide = len(str(len(runbook.steps)))
    rows = []
    for number, step in enumerate(runbook.steps, 1):
        symbol, _, colour = path_mark(step.id, state)
        style = "bold" if step.id == state.current else ("" if step.id in state.steps else DIM)
        bar = ("✘ denied ", BAD) if step.id in barred and step.id not in state.steps else ""
        line = Content.assemble((f"{symbol} ", colour), (f"{number:>{wide}} ", style), bar, (clean(step.title), style))
        rows.append(Row(line, step.id))
    return rows


def path_mark(step: str, state: RunState) -> tuple[str, str, str]:
    if step == state.current and not state.phase.over:
        return CURRENT_MARK
    outcome = state.steps[step].outcome if step in state.steps else None
    return OUTCOME_MARK[outcome] if outcome is not None else AHEAD_MARK


def detail_lines(check: str, verdict: Verdict | None, title: str, width: int, height: int) -> list[Content]:
    """The selected check in full: what it asks, why its verdict, what to do. At most ``height`` lines."""
    asks = Content.assemble((f"{clean(check)}  ", "bold"), dim(clean(title)))
    asks = asks.truncate(width, ellipsis=True)
    if verdict is None:
        return [asks]
    because = Content.assemble(status_mark(verdict.status), clean(verdict.because)).wrap(width)
    remedy = (
        Content.assemble(("do this   ", f"bold {ACCENT}"), clean(verdict.remedy)).wrap(width) if verdict.remedy else []
    )
    room = max(1, height - 1 - min(len(remedy), 2))
    return [asks, *because[:room], *remedy][:height]


def evidence_lines(verdict: Verdict, at: datetime | None, width: int) -> list[Content]:
    """Everything that a verdict stands on, for the evidence panel."""
    lines = Content.assemble(status_mark(verdict.status), clean(verdict.because)).wrap(width)
    if verdict.cause is not None:
        lines.append(Content.assemble(dim("cause     "), verdict.cause.value))
    if verdict.waiver is not None:
        lines += Content.assemble(dim("waiver    "), clean(str(verdict.waiver))).wrap(width)
    if verdict.remedy:
        lines += [Content(), *Content.assemble(("do this   ", f"bold {ACCENT}"), clean(verdict.remedy)).wrap(width)]
    lines += [Content(), Content.styled("Evidence", f"bold {DIM}")]
    for chart in charts_of(verdict.evidence):
        lines += [*chart_lines(chart, width, LARGE), Content()]
    read = without_charts(verdict.evidence)
    lines += tree_lines(read, width) if read else [dim("none")] if not verdict.evidence else []
    if at is not None:
        lines += [Content(), dim(f"asked {at.astimezone():%Y-%m-%d %H:%M:%S}")]
    return lines


def tree_lines(value: object, width: int, indent: int = 0) -> list[Content]:
    """Names and values of any depth, one a line."""
    space = " " * indent
    lines: list[Content] = []
    if isinstance(value, Mapping):
        for name, inner in value.items():
            lines += _named(Content.assemble(space, (f"{clean(str(name))}: ", DIM)), inner, width, indent)
    elif isinstance(value, list | tuple):
        for inner in value:
            first, *rest = tree_lines(inner, width, indent + 2) or [Content(f"{space}  none")]
            lines += [Content.assemble(space, ("- ", DIM), first[indent + 2 :]), *rest]
    else:
        lines += Content(f"{space}{clean(str(value), 4000)}").wrap(width)
    return lines


def _named(name: Content, value: object, width: int, indent: int) -> list[Content]:
    if isinstance(value, Mapping | list | tuple) and value:
        return [name, *tree_lines(value, width, indent + 2)]
    text = "none" if value in ({}, [], (), None, "") else clean(str(value), 4000)
    return Content.assemble(name, text).wrap(width)
