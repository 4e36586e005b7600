"""The marked check in full, always in the same place and of the same height: nothing jumps."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget


class Detail(Widget):
    DEFAULT_CSS = """
    Detail { height: 5; border-top: solid $line; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: tuple[Content, ...] = ()

    @property
    def width(self) -> int:
        return max(10, self.content_size.width)

    @property
    def height(self) -> int:
        return max(1, self.content_size.height)

    def show(self, lines: Sequence[Content]) -> None:
        same = len(lines) == len(self._lines) and all(
            new.is_same(old) for new, old in zip(lines, self._lines, strict=True)
        )
        if not same:
            self._lines = tuple(lines)
            self.refresh()

    def render(self) -> Content:
        return Content("\n").join(self._lines)
