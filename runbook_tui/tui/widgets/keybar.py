"""The keys of this screen, at the bottom. Those that do not fit stand in the help."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
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
    "q,escape": "q",
    "tab": "Tab",
    "shift+tab": "Shift Tab",
}


LAST = ("question_mark", "q", "escape", "q,escape")


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
        return Content("").join([Content(" "), *(self._chip(key) for key in self._shown())])

    def _shown(self) -> list[Binding]:
        """Help and the way out are always there; the others from the left, as many as fit."""
        last = [key for key in self._keys if key.key in LAST]
        room = self.size.width - sum(self._width(key) for key in last) - 1
        shown = []
        for key in self._keys:
            if key in last:
                continue
            room -= self._width(key)
            if room < 0:
                break
            shown.append(key)
        return [*shown, *last]

    @staticmethod
    def _width(key: Binding) -> int:
        return len(key_name(key.key)) + len(key.description) + 3

    @staticmethod
    def _chip(key: Binding) -> Content:
        return Content.assemble((f"{key_name(key.key)} ", f"bold {ACCENT}"), (f"{key.description}  ", DIM))

    async def on_click(self, event: Click) -> None:
        """A click on a name does what its key does."""
        x = 1
        for key in self._shown():
            x += self._width(key)
            if event.x < x:
                namespace = self.app if key.action.startswith("app.") else self.screen
                await self.app.run_action(key.action, namespace)
                return
