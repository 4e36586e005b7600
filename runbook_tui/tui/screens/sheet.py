"""A sheet of text over the screen: evidence, a check, whatever is read and closed again."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from runbook_tui.core.text import clean
from runbook_tui.tui.paint import dim
from runbook_tui.tui.widgets.lines import Lines, Row


class SheetScreen(ModalScreen[None]):
    """``fill`` gives the lines for a width."""

    CSS_PATH = "modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,e", "dismiss(None)", "Close"),
        Binding("y", "copy", "Copy"),
    ]

    def __init__(self, title: str, fill: Callable[[int], list[Content]]) -> None:
        super().__init__()
        self._title = clean(title)
        self._fill = fill

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Lines()
            yield Static(dim("y copies · Esc closes"), classes="keys")

    def on_lines_resized(self) -> None:
        lines = self.query_one(Lines)
        content = self._fill(lines.width - 1)
        lines.show([Row(line) for line in content])
        lines.styles.height = min(len(content), max(4, self.size.height - 10))

    def action_copy(self) -> None:
        text = "\n".join(line.plain for line in self._fill(200))
        self.app.copy_to_clipboard(text)
        self.query_one(".keys", Static).update(dim("copied · Esc closes"))
