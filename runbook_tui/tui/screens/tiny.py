"""A terminal too small for any screen gets one clear sentence instead of a broken layout."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

SMALLEST: Final = Size(60, 15)


def too_small(size: Size) -> bool:
    return size.width < SMALLEST.width or size.height < SMALLEST.height


class TinyScreen(Screen[None]):
    """The program takes it away as soon as there is room. Nothing behind it is lost, and no key reaches it."""

    DEFAULT_CSS = """
    TinyScreen { align: center middle; }
    TinyScreen Static { width: auto; max-width: 100%; height: auto; text-align: center; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "quit")]

    def compose(self) -> ComposeResult:
        yield Static()

    def on_resize(self, event: Resize) -> None:
        self.query_one(Static).update(
            Content(
                f"This terminal is {event.size.width}×{event.size.height}.\n"
                f"runbook-tui needs {SMALLEST.width}×{SMALLEST.height}.\n"
                "Make it larger.\nNothing is lost; q leaves."
            )
        )
