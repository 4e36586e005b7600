"""Practice: what can be wrong in the simulated world, set and cleared with a key."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from runbook_tui.core.text import clean
from runbook_tui.tui import practice
from runbook_tui.tui.advice import Advice
from runbook_tui.tui.background import in_background
from runbook_tui.tui.messages import FaultsTold, Told
from runbook_tui.tui.paint import ACCENT, BAD, dim
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.screens.reason import ReasonScreen
from runbook_tui.tui.widgets.lines import Lines, Row
from runbook_tui.tui.widgets.now import Now
from runbook_tui.tui.widgets.topline import Place


class PracticeScreen(Glass):
    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "set_or_clear", "set or clear", tooltip="let the marked thing go wrong, or put it right"),
        Binding(
            "plus", "advance(300)", "5 min", key_display="+", tooltip="let five minutes pass in the simulated world"
        ),
        Binding("ctrl+p", "app.command_palette", "everything", show=False, tooltip="find everything by its name"),
        Binding("escape", "app.pop_screen", "back", tooltip="back to the start"),
        Binding("q", "app.pop_screen", "back", show=False, tooltip="back to the start"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._set: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield self.frame_top()
        lines = Lines(id="help", classes="panel")
        lines.border_title = "What can go wrong"
        yield lines
        yield Now(Advice(text="Asking the simulator …"))
        yield self.frame_bottom()

    def place(self) -> Place:
        from dataclasses import replace

        return replace(self.program.place(), title="Practice")

    def on_mount(self) -> None:
        in_background(self, lambda: practice.told(self._endpoint))

    @property
    def _endpoint(self) -> str:
        return self.program.site.aws.endpoint_url or ""

    def on_faults_told(self, message: FaultsTold) -> None:
        self._set = message.is_set
        rows = [self._row(usage, about) for usage, about in message.known.items()]
        own = [name for name in message.is_set if name not in message.known]
        rows = [self._row(name, "set by its name") for name in own] + rows
        self.query_one(Lines).show(rows)
        planned = f"{len(message.planned)} more will come by themselves. " if message.planned else ""
        text = f"{len(self._set)} wrong now: find it, then put it right here." if self._set else "Nothing is wrong."
        self.query_one(Now).show(Advice(text=text, key="Enter", more=f"{planned}Enter sets or clears the marked one."))

    def _row(self, name: str, about: str) -> Row:
        wrong = name in self._set
        mark = ("✘ wrong ", f"bold {BAD}") if wrong else ("· fine  ", ACCENT)
        return Row(Content.assemble(mark, f"{clean(name):<34}  ", dim(clean(about))), name, pick=True)

    def on_told(self, message: Told) -> None:
        self.query_one(Now).refuse(message.text, message.remedy)

    def action_set_or_clear(self) -> None:
        row = self.query_one(Lines).row
        if row is None:
            return
        if row.key in self._set:
            self._change("DELETE", row.key)
        elif "<" in row.key:
            name, _, argument = row.key.partition(":")
            title = f"{name}: {argument}"
            self.app.push_screen(ReasonScreen(title, "Which?"), lambda text: self._with_argument(name, text))
        else:
            self._change("POST", row.key)

    def on_lines_chosen(self) -> None:
        self.action_set_or_clear()

    def _with_argument(self, name: str, argument: str | None) -> None:
        if argument is not None:
            self._change("POST", f"{name}:{argument}")

    def _change(self, method: str, name: str) -> None:
        in_background(self, lambda: practice.changed(self._endpoint, method, "fault", {"name": name}))

    def action_advance(self, seconds: int) -> None:
        in_background(self, lambda: practice.changed(self._endpoint, "POST", "clock", {"advance": seconds}))
