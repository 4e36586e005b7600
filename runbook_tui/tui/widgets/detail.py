"""The marked check in full, always in the same place and of the same height: nothing jumps."""

from textual.content import Content
from textual.widget import Widget

from runbook_tui.core.verdict import Verdict
from runbook_tui.tui.step_rows import detail_lines


class Detail(Widget):
    DEFAULT_CSS = """
    Detail { height: 5; border-top: solid $line; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._shown: tuple[str, Verdict | None, str] = ("", None, "")

    def show(self, check: str, verdict: Verdict | None, title: str) -> None:
        if (check, verdict, title) != self._shown:
            self._shown = (check, verdict, title)
            self.refresh()

    def render(self) -> Content:
        size = self.content_size
        return Content("\n").join(detail_lines(*self._shown, max(20, size.width), max(1, size.height)))
