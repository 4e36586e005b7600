"""How a run ended: the verdict, every step, and how anybody can prove it. Pure."""

from textual.content import Content

from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import Phase, RunState
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Status
from runbook_tui.tui.paint import ACCENT, BAD, DIM, OUTCOME_MARK, counts, dim, status_mark
from runbook_tui.tui.step_rows import path_mark
from runbook_tui.tui.widgets.lines import Row

_MEANING = {
    Status.PASS: "everything that was asked is well",
    Status.WARN: "nothing failed; read the warnings",
    Status.FAIL: "at least one check failed",
    Status.UNKNOWN: "not everything could be decided, or was looked at",
    Status.SKIP: "nothing was checked",
}


def ending_rows(runbook: Runbook, state: RunState, width: int) -> list[Row]:
    rows = [*_verdict(state, width), Row(), Row(Content.styled("Steps", f"bold {DIM}"))]
    rows += [Row(_step_line(runbook, state, step)) for step in (found.id for found in runbook.steps)]
    if state.notes:
        rows += [Row(), Row(Content.styled("Notes", f"bold {DIM}"))]
        rows += [Row(line) for note in state.notes for line in Content(f"“{clean(note.text)}”").wrap(width - 1)]
    return [*rows, Row(), Row(Content.styled("Proof", f"bold {DIM}")), *_proof(state, width)]


def _verdict(state: RunState, width: int) -> list[Row]:
    if state.phase is Phase.ABORTED or state.verdict is None:
        said = Content.assemble(("✘ aborted   ", f"bold {BAD}"), clean(state.reason))
        return [Row(line) for line in said.wrap(width - 1)]
    numbers = {Status(name): number for name, number in state.counts.items()}
    return [
        Row(Content.assemble(status_mark(state.verdict), _MEANING[state.verdict])),
        Row(counts(numbers)),
    ]


def _step_line(runbook: Runbook, state: RunState, step: str) -> Content:
    symbol, _, colour = path_mark(step, state)
    outcome = state.steps[step].outcome if step in state.steps else None
    word = OUTCOME_MARK[outcome][1] if outcome is not None else "not reached"
    reason = f": {state.steps[step].reason}" if outcome is not None and state.steps[step].reason else ""
    number = runbook.number(step)
    title = clean(runbook.step(step).title)
    return Content.assemble((f"{symbol} ", colour), f"{number:>2} {title:<34} ", dim(clean(f"{word}{reason}")))


def _proof(state: RunState, width: int) -> list[Row]:
    lines = [
        Content.assemble(dim("run     "), state.run),
        Content.assemble(dim("tip     "), state.tip),
        Content.assemble(dim("verify  "), (f"runbook-tui audit verify {state.run}", ACCENT)),
        Content.assemble(dim("export  "), (f"runbook-tui audit export {state.run}", ACCENT), dim("   or press E")),
    ]
    if state.undo_stack:
        count = f"   or press u: {len(state.undo_stack)} to take back"
        lines.append(Content.assemble(dim("undo    "), (f"runbook-tui undo {state.run}", ACCENT), dim(count)))
    return [Row(part) for line in lines for part in line.wrap(width - 1)]
