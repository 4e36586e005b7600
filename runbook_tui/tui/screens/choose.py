"""Asks for one of a few things, with one key each."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from runbook_tui.core.text import clean
from runbook_tui.tui.paint import ACCENT, dim
from runbook_tui.tui.widgets.lines import Lines, Row


class Choice(Struct, frozen=True, kw_only=True):
    """``key`` is pressed to choose it, and is the answer. ``style`` marks what must not be chosen by accident."""

    key: str
    label: str
    more: str = ""
    style: str = ""


class ChooseScreen(ModalScreen[str | None]):
    """Answers the key of the choice, or None when it was left with Esc."""

    CSS_PATH = "modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("enter", "choose", "Choose", priority=True),
    ]

    def __init__(self, title: str, why: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = clean(title)
        self._why = clean(why, 1000)
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            if self._why:
                yield Static(Content(self._why), classes="why")
            lines = Lines()
            lines.styles.height = len(self._choices)
            yield lines
            yield Static(dim("press its key, or Enter for the marked one · Esc goes back"), classes="keys")

    def on_mount(self) -> None:
        longest = max(len(choice.label) for choice in self._choices)
        self.query_one(Lines).show(
            [Row(self._line(choice, longest), choice.key, pick=True) for choice in self._choices]
        )

    @staticmethod
    def _line(choice: Choice, longest: int) -> Content:
        label = clean(choice.label)
        return Content.assemble(
            (f"{choice.key}  ", f"bold {ACCENT}"),
            (f"{label:<{longest}}", choice.style),
            dim(f"   {clean(choice.more)}"),
        )

    def on_key(self, event: Key) -> None:
        if event.character in {choice.key for choice in self._choices}:
            event.stop()
            self.dismiss(event.character)

    def action_choose(self) -> None:
        if (row := self.query_one(Lines).row) is not None:
            self.dismiss(row.key)

    def on_lines_chosen(self, message: Lines.Chosen) -> None:
        self.dismiss(message.row.key)
