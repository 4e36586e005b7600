"""One thing to do now, in plain words, with the key that does it."""

from textual.content import Content
from textual.widget import Widget

from runbook_tui.core.text import clean
from runbook_tui.tui.advice import Advice
from runbook_tui.tui.paint import BAD, CAUTION, dim, key_chip


class Now(Widget):
    """A refusal stands in the second line until the next key."""

    DEFAULT_CSS = """
    Now {
        height: 2;
        background: $surface;
        border-left: outer $accent;
        padding: 0 1;
        &.urgent { border-left: outer $error; }
    }
    """

    def __init__(self, advice: Advice) -> None:
        super().__init__()
        self._advice = advice
        self._notice = Content()

    def show(self, advice: Advice) -> None:
        if advice == self._advice:
            return
        self._advice = advice
        self.set_class(advice.urgent, "urgent")
        self.refresh()

    def refuse(self, reason: str, remedy: str) -> None:
        """Say why a key did nothing, and what to do instead."""
        self._notice = Content.assemble(
            (f"Not done: {clean(reason)}", f"bold {BAD}"), f" · {clean(remedy)}" if remedy else ""
        )
        self.refresh()

    def say(self, text: str) -> None:
        """Say what a key did."""
        self._notice = Content.styled(clean(text), CAUTION)
        self.refresh()

    def hush(self) -> None:
        if self._notice:
            self._notice = Content()
            self.refresh()

    def render(self) -> Content:
        advice, width = self._advice, self.content_size.width
        first = Content.styled(clean(advice.text), "bold")
        if advice.key:
            first = Content.assemble(key_chip(advice.key), "  ", first)
        second = self._notice or dim(clean(advice.more))
        return Content("\n").join([first.truncate(width, ellipsis=True), second.truncate(width, ellipsis=True)])
