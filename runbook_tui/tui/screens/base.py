"""What every screen has: the top line, the keys at the bottom, help, and room for what is said in between."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen

from runbook_tui.tui.widgets.keybar import LAST, KeyBar
from runbook_tui.tui.widgets.topline import Place, TopLine

if TYPE_CHECKING:
    from runbook_tui.engine.protocol import Hello
    from runbook_tui.tui.app import RunbookApp

WIDE = 100  # columns from which panels stand side by side
SIDE = 160  # columns from which evidence opens at the side
TALL = 30  # rows from which the journal is more than a line
HIGH = 45


class Glass(Screen[None]):
    """A whole screen. Subclasses give ``place`` and their keys; every shown key has a tooltip, its line in the help."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (SIDE, "-side")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL, "-tall"), (HIGH, "-high")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "help", tooltip="explain every key and symbol of this screen"),
    ]
    AUTO_FOCUS: ClassVar[str | None] = "Lines"

    @property
    def program(self) -> "RunbookApp":
        return cast("RunbookApp", self.app)

    def place(self) -> Place:
        """Where the operator is, for the top line."""
        return self.program.place()

    def frame_top(self) -> TopLine:
        return TopLine(self.place())

    def frame_bottom(self) -> KeyBar:
        return KeyBar(self.keys())

    def keys(self) -> tuple[Binding, ...]:
        """The keys of this screen, in the order of its class; help and the way out last."""
        found = tuple(binding for binding in self._own_bindings() if binding.show)
        return (*(key for key in found if key.key not in LAST), *(key for key in found if key.key in LAST))

    def all_keys(self) -> tuple[Binding, ...]:
        """Every key that does something here, for the help."""
        return tuple(binding for binding in self._own_bindings() if binding.tooltip)

    def _own_bindings(self) -> Iterable[Binding]:
        for kind in type(self).__mro__:
            if issubclass(kind, Glass):
                yield from (entry for entry in vars(kind).get("BINDINGS", ()) if isinstance(entry, Binding))

    def tell_restored(self, hello: "Hello") -> None:
        """What a program that has died had changed for a while, and what became of it."""
        for told in hello.restored:
            self.notify(told, severity="warning", timeout=60, markup=False)

    def show_place(self) -> None:
        self.query_one(TopLine).show(self.place())

    def action_help(self) -> None:
        from runbook_tui.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))
