"""The keys of this screen, at the bottom. Those that do not fit stand in the help."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from runbook_tui.tui.paint import ACCENT, DIM

NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "question_mark": "?",
    "slash": "/",
    "ctrl+p": "^p",
    "up,k": "↑ k",
    "down,j": "↓ j",
    "pageup": "PgUp",
    "pagedown,space": "PgDn Space",
    "home,g": "Home g",
    "end,G": "End G",
    "tab": "Tab",
    "shift+tab": "Shift Tab",
}


def key_name(key: str) -> str:
    """``question_mark`` is ``?`` on the glass."""
    return NAMES.get(key, key)


class KeyBar(Widget):
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $surface; }
    """

    def __init__(self, keys: Sequence[Binding]) -> None:
        super().__init__()
        self._keys = tuple(keys)

    def show(self, keys: Sequence[Binding]) -> None:
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def render(self) -> Content:
        """Help and the way out are always there; the others from the left, as many as fit."""
        last = [key for key in self._keys if key.key in ("question_mark", "q", "escape")]
        first = [key for key in self._keys if key not in last]
        room = self.size.width - sum(self._width(key) for key in last) - 1
        shown = []
        for key in first:
            room -= self._width(key)
            if room < 0:
                break
            shown.append(key)
        return Content("").join([Content(" "), *(self._chip(key) for key in (*shown, *last))])

    @staticmethod
    def _width(key: Binding) -> int:
        return len(key_name(key.key)) + len(key.description) + 3

    @staticmethod
    def _chip(key: Binding) -> Content:
        # Clicking the name does the same: the action travels in the style, never in text from elsewhere.
        chip = Content.assemble((key_name(key.key), f"bold {ACCENT}"), (f" {key.description}  ", DIM))
        action = key.action if key.action.startswith("app.") else f"screen.{key.action}"
        return chip.stylize(Style.from_meta({"@click": action}))
