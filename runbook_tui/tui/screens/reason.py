"""Asks for one line of text: a reason, a note, something to look for."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runbook_tui.core.decide import LONGEST_NOTE
from runbook_tui.core.text import clean
from runbook_tui.tui.paint import dim


class ReasonScreen(ModalScreen[str | None]):
    """Answers the text, or None when it was left with Esc. Nothing is answered while the text is empty.

    What is ``hidden`` is never drawn."""

    CSS_PATH = "modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, why: str, *, hint: str = "", hidden: bool = False) -> None:
        super().__init__()
        self._title = clean(title)
        self._why = clean(why, 1000)
        self._hint = hint
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._why), classes="why")
            box_for_text = Input(max_length=LONGEST_NOTE, placeholder=self._hint, password=self._hidden)
            box_for_text.cursor_blink = False  # nothing flashes, and a slow line stays quiet
            yield box_for_text
            yield Static(dim("Enter keeps it · Esc goes back"), classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())
        else:
            self.query_one(".keys", Static).update(
                Content.styled("type a few words, or go back with Esc", "bold $error")
            )
