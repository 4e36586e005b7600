"""Rows of text, of which only those on the glass are ever rendered: a million rows open as fast as ten."""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from runbook_tui.tui.paint import ACCENT, MARKED


@dataclass(frozen=True)
class Row:
    """One line. ``key`` names it across changes; only a row with ``pick`` can hold the cursor."""

    content: Content = field(default_factory=Content)
    key: str = ""
    pick: bool = False


class Rows(Protocol):
    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Row: ...


class Lines(ScrollView, can_focus=True, inherit_bindings=False):
    """Give it rows with ``show``; it keeps the cursor on the row of the same key, and repaints changed rows only."""

    DEFAULT_CSS = """
    Lines {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        &.-follow { scrollbar-size-vertical: 0; scrollbar-gutter: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="one row up"),
        Binding("down,j", "move(1)", "Down", show=False, tooltip="one row down"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="a page up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, tooltip="a page down"),
        Binding("home,g", "end(-1)", "First", show=False, tooltip="the first row"),
        Binding("end,G", "end(1)", "Last", show=False, tooltip="the last row"),
    ]

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, lines: "Lines", row: Row | None) -> None:
            super().__init__()
            self.lines = lines
            self.row = row

        @property
        def control(self) -> "Lines":
            return self.lines

    class Chosen(Message):
        """The row under the cursor was clicked."""

        def __init__(self, lines: "Lines", row: Row) -> None:
            super().__init__()
            self.lines = lines
            self.row = row

    class Edge(Message):
        """The cursor was moved past the first (-1) or the last (1) row."""

        def __init__(self, lines: "Lines", direction: int) -> None:
            super().__init__()
            self.lines = lines
            self.direction = direction

    class Resized(Message):
        """The rows have another width to fill."""

        def __init__(self, lines: "Lines") -> None:
            super().__init__()
            self.lines = lines

    def __init__(self, *, id: str | None = None, follow: bool = False, classes: str = "") -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=f"{classes} -follow" if follow else classes)
        self.rows: Rows = []
        self.cursor = -1
        self._follow = follow
        self._width = 0

    @property
    def width(self) -> int:
        """Cells that a row may fill; 20 until a layout has settled it."""
        return max(20, self.scrollable_content_region.width)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def show(self, rows: Rows, *, prefer: str = "") -> None:
        """Put these rows on the glass; ``prefer`` is the key to stand on when the former row is gone."""
        former, before, length = self.row, self.rows, len(self.rows)
        self.rows = rows
        self.cursor = self._place(former.key if former is not None else "", prefer)
        if len(rows) != length:
            self.virtual_size = Size(1, len(rows))
            self.refresh()
        else:
            self._refresh_changed(before)
        if self._follow:
            self.scroll_to(y=max(0, len(rows) - self.size.height), animate=False, force=True)
        if self.row is not former:
            self.post_message(self.Moved(self, self.row))

    def _refresh_changed(self, before: Rows) -> None:
        top = self.scroll_offset.y
        for y in range(top, min(top + self.size.height, len(self.rows))):
            was, now = before[y], self.rows[y]
            if was is not now and not (was.pick == now.pick and was.content.is_same(now.content)):
                self.refresh_line(y)

    def _place(self, key: str, prefer: str) -> int:
        if self._follow:
            return -1
        for wanted in (key, prefer):
            if wanted and (found := self.find(wanted)) >= 0:
                return found
        return self._pickable(max(0, self.cursor), 1)

    def find(self, key: str) -> int:
        """Index of the row with this key near the cursor, or anywhere in a short list; -1 when there is none."""
        if 0 <= self.cursor < len(self.rows) and self.rows[self.cursor].key == key:
            return self.cursor
        if len(self.rows) > 10_000:  # a list this long is read from a file: no looking through all of it
            return -1
        return next((n for n in range(len(self.rows)) if self.rows[n].key == key and self.rows[n].pick), -1)

    def _pickable(self, index: int, direction: int) -> int:
        """The nearest row that can hold the cursor, looking this way first; -1 when there is none at all."""
        for way in (direction, -direction):
            n = index
            while 0 <= n < len(self.rows):
                if self.rows[n].pick:
                    return n
                n += way
        return -1

    def go(self, index: int) -> None:
        if index == self.cursor or not 0 <= index < len(self.rows):
            return
        before, self.cursor = self.cursor, index
        if before >= 0:
            self.refresh_line(before)
        self.refresh_line(index)
        self.reveal(index)
        self.post_message(self.Moved(self, self.row))

    def reveal(self, index: int) -> None:
        """Scroll no further than needed to see this row."""
        top, height = self.scroll_offset.y, self.size.height
        if index < top:
            # The lines above the first row (a heading) come into view with it.
            first = index if self._pickable_above(index) else 0
            self.scroll_to(y=first, animate=False, force=True)
        elif index >= top + height:
            self.scroll_to(y=index - height + 1, animate=False, force=True)

    def _pickable_above(self, index: int) -> bool:
        return any(self.rows[n].pick for n in range(max(0, index - 40), index))

    def action_move(self, direction: int) -> None:
        n = self.cursor + direction
        while 0 <= n < len(self.rows) and not self.rows[n].pick:
            n += direction
        if self.cursor >= 0 and 0 <= n < len(self.rows):
            self.go(n)
            return
        top, last = self.scroll_offset.y, max(0, len(self.rows) - self.size.height)
        if 0 <= top + direction <= last:
            self.scroll_to(y=top + direction, animate=False, force=True)
        else:
            self.post_message(self.Edge(self, direction))

    def action_page(self, direction: int) -> None:
        height = max(1, self.size.height - 1)
        if self.cursor < 0:
            self.scroll_to(y=self.scroll_offset.y + direction * height, animate=False, force=True)
            return
        wanted = min(max(self.cursor + direction * height, 0), len(self.rows) - 1)
        self.go(self._pickable(wanted, direction))

    def action_end(self, direction: int) -> None:
        last = len(self.rows) - 1
        if self.cursor >= 0:
            self.go(self._pickable(last if direction > 0 else 0, -direction))
        self.scroll_to(y=last if direction > 0 else 0, animate=False, force=True)

    def on_resize(self) -> None:
        if self.width != self._width:
            self._width = self.width
            self.post_message(self.Resized(self))
        if self.cursor >= 0:
            self.reveal(self.cursor)

    def on_click(self, event: Click) -> None:
        index = event.y + self.scroll_offset.y - self.gutter.top
        if not 0 <= index < len(self.rows) or not self.rows[index].pick:
            return
        if index == self.cursor:
            self.post_message(self.Chosen(self, self.rows[index]))
        self.go(index)

    def on_focus(self) -> None:
        self._refresh_cursor()

    def on_blur(self) -> None:
        self._refresh_cursor()

    def _refresh_cursor(self) -> None:
        if self.cursor >= 0:
            self.refresh_line(self.cursor)

    def render_line(self, y: int) -> Strip:
        base = self.visual_style
        index = y + self.scroll_offset.y
        width = max(1, self.scrollable_content_region.width)
        if index >= len(self.rows):
            return Strip.blank(width, base.rich_style)
        row = self.rows[index]
        here = index == self.cursor and row.pick
        # The mark stands in the first column, which every row leaves free: a cursor without any colour.
        content = Content.assemble((("▸" if here and self.has_focus else " "), f"bold {ACCENT}"), row.content)
        content = content.truncate(width, ellipsis=True, pad=True)
        if here and self.has_focus:
            content = content.stylize(f"on {MARKED}")
        return Strip(content.render_segments(base)).adjust_cell_length(width, base.rich_style)
