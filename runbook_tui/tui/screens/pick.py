"""Asks for one of many things: a list to move in, with numbers for the first nine."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from runbook_tui.core.plan import Question
from runbook_tui.core.text import clean
from runbook_tui.tui.paint import ACCENT, DIM, dim
from runbook_tui.tui.widgets.lines import Lines, Row


class PickScreen(ModalScreen[str | None]):
    """Answers the value that was chosen, or None when it was left with Esc. The default is marked at first."""

    CSS_PATH = "modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("enter", "choose", "Choose", priority=True),
    ]

    def __init__(self, title: str, question: Question) -> None:
        super().__init__()
        self._title = clean(title)
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content(clean(self._question.text, 1000)), classes="why")
            lines = Lines()
            lines.styles.height = min(len(self._question.choices), 14)
            yield lines
            yield Static(dim("↑ ↓ moves, Enter chooses, 1–9 choose at once · Esc goes back"), classes="keys")

    def on_mount(self) -> None:
        rows = []
        for number, choice in enumerate(self._question.choices, 1):
            mark = (f"{number}  ", f"bold {ACCENT}") if number <= 9 else ("   ", DIM)
            usual = dim("   the usual") if choice.value == self._question.default else Content()
            rows.append(Row(Content.assemble(mark, clean(choice.label), usual), choice.value, pick=True))
        lines = self.query_one(Lines)
        lines.show(rows)
        lines.go(max(0, lines.find(self._question.default)))

    def on_key(self, event: Key) -> None:
        number = int(event.character) if event.character and event.character in "123456789" else 0
        if 0 < number <= len(self._question.choices):
            event.stop()
            self.dismiss(self._question.choices[number - 1].value)

    def action_choose(self) -> None:
        if (row := self.query_one(Lines).row) is not None:
            self.dismiss(row.key)

    def on_lines_chosen(self, message: Lines.Chosen) -> None:
        self.dismiss(message.row.key)
