"""Every key of a screen with one line, and what each symbol means."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from runbook_tui.core.events import Outcome
from runbook_tui.core.verdict import Status
from runbook_tui.tui.paint import (
    ACCENT,
    AHEAD_MARK,
    CURRENT_MARK,
    DIM,
    OUTCOME_MARK,
    running_mark,
    status_mark,
)
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.widgets.keybar import key_name
from runbook_tui.tui.widgets.lines import Lines, Row
from runbook_tui.tui.widgets.topline import Place

_MEANING = {
    Status.PASS: "it is as it should be",
    Status.WARN: "it works, but should be put right",
    Status.FAIL: "it is not as it should be",
    Status.UNKNOWN: "it could not be decided, and is never taken for a pass",
    Status.SKIP: "it does not apply here, or waits for another check",
}
_OUTCOMES = {
    Outcome.DONE: "the step was done",
    Outcome.ACCEPTED: "a check did not pass, and the run went on with a reason",
    Outcome.BRANCHED: "a check did not pass, and the run took the branch",
    Outcome.SKIPPED: "the step was left undone, with a reason",
}


class HelpScreen(Glass):
    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "app.pop_screen", "back", key_display="Esc")
    ]

    def __init__(self, about: Glass) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        yield self.frame_top()
        lines = Lines(id="help", classes="panel")
        lines.border_title = "Keys and symbols"
        yield lines
        yield self.frame_bottom()

    def keys(self) -> tuple[Binding, ...]:
        return (Binding("escape", "app.pop_screen", "back"),)

    def place(self) -> Place:
        return self._about.place()

    def on_mount(self) -> None:
        keys = [*self._about.all_keys(), *(key for key in Lines.BINDINGS if isinstance(key, Binding))]
        rows = [_heading("Keys")] + [Row(_key_line(key)) for key in keys]
        rows += [Row(), _heading("Verdicts")]
        rows += [Row(Content.assemble(" ", status_mark(status, 12), text)) for status, text in _MEANING.items()]
        rows.append(Row(Content.assemble(" ", running_mark(12), "it is being asked")))
        rows += [Row(), _heading("Steps")]
        for symbol, word, colour in (CURRENT_MARK, AHEAD_MARK):
            rows.append(Row(Content.assemble((f" {symbol} ", colour), f"{word}: the step {_WHERE[word]}")))
        for outcome, text in _OUTCOMES.items():
            symbol, _, colour = OUTCOME_MARK[outcome]
            rows.append(Row(Content.assemble((f" {symbol} ", colour), text)))
        self.query_one(Lines).show(rows)


_WHERE = {"here": "that the run stands at", "ahead": "was not reached yet"}


def _heading(text: str) -> Row:
    return Row(Content.styled(text, f"bold {DIM}"))


def _key_line(key: Binding) -> Content:
    name = key_name(key.key).replace(",", " ")
    return Content.assemble((f" {name:<12}", f"bold {ACCENT}"), key.tooltip)
