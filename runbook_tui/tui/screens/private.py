"""Secret values, shown once: nothing of this screen is kept, logged or drawn again after it was left."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from runbook_tui.core.text import clean
from runbook_tui.tui.paint import CAUTION, dim

_WHY = (
    "AWS tells this once, and so does this screen. Put it into its store now. It is in no journal, log or report; "
    "leaving takes it from the screen, and from the clipboard when it was copied here."
)


class PrivateScreen(ModalScreen[None]):
    """A digit copies the value of that number. Leaving asks twice: what is gone cannot be shown again."""

    CSS_PATH = "modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "Leave"),
        *(Binding(str(number), f"copy({number})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__()
        self._values = values
        self._copied = False
        self._asked = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content("Shown once")
            yield Static(Content(_WHY), classes="why")
            yield Static(id="values")
            yield Static(dim("1 … copies that value · Enter when it is in its store"), classes="keys")

    def on_mount(self) -> None:
        lines = [
            Content.assemble(dim(f"{number} "), (f"{clean(name)}\n", "bold"), "  ", clean(value))
            for number, (name, value) in enumerate(self._values.items(), 1)
        ]
        self.query_one("#values", Static).update(Content("\n").join(lines))

    def action_copy(self, number: int) -> None:
        names = list(self._values)
        if number <= len(names):
            self._copied = True
            self.app.copy_to_clipboard(self._values[names[number - 1]])
            self._say(f"copied {clean(names[number - 1])}: leaving clears the clipboard")

    def action_leave(self) -> None:
        if not self._asked:
            self._asked = True
            self._say("Is it in its store? It is never shown again: Enter once more leaves")
            return
        self._values.clear()
        self.query_one("#values", Static).update("")
        if self._copied:
            self.app.copy_to_clipboard("")
        self.dismiss(None)

    def _say(self, text: str) -> None:
        self.query_one(".keys", Static).update(Content.styled(text, f"bold {CAUTION}"))
