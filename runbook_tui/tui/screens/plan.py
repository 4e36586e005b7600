"""The plan, and the word that carries it out."""

from typing import ClassVar, Final

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runbook_tui.core.change import Change
from runbook_tui.core.plan_text import as_cli
from runbook_tui.core.text import clean
from runbook_tui.tui.paint import BAD, CAUTION, GOOD, dim
from runbook_tui.tui.plan_rows import plan_lines
from runbook_tui.tui.widgets.lines import Lines, Row

_FRAME: Final = 5  # border, padding, the gap above the last line
_FEWEST: Final = 4


class Typed(Struct, frozen=True):
    """The word as it was typed."""

    word: str


class OtherAnswers(Struct, frozen=True):
    """Not this plan: its questions are to be asked."""


class PlanScreen(ModalScreen[Typed | OtherAnswers | None]):
    """Answers what was typed, or None when it was left with Esc. A word that is not the one asked for stays here.

    The environment's name carries the plan out with its last letter; the name of what is destroyed wants Enter besides.
    """

    CSS_PATH = "modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+y", "copy", "Copy", show=False, priority=True),
        Binding("ctrl+o", "ask_again", "Other answers", show=False, priority=True),
        Binding("enter", "apply", "Apply", show=False),
        Binding("up,pageup", "scroll(-1)", "Up", show=False, priority=True),
        Binding("down,pagedown", "scroll(1)", "Down", show=False, priority=True),
    ]

    def __init__(self, change: Change, *, production: bool, answered: bool = False) -> None:
        """``answered``: the plan rests on answers that somebody may want to give otherwise."""
        super().__init__()
        self._answered = answered
        assert change.plan is not None, "a screen for a plan"
        self._change = change
        self._plan = change.plan
        self.set_class(production, "production")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            environment = self._plan.environment
            box.border_title = Content(f"{clean(self._plan.title)} · {environment.upper()}")
            yield Lines()
            if self._change.confirmation.word and not self._only_to_read:
                typed = Input(placeholder=self._change.confirmation.word)
                typed.cursor_blink = False  # nothing flashes, and a slow line stays quiet
                yield typed
            yield Static(self._how(), classes="keys")

    def on_mount(self) -> None:
        for typed in self.query(Input):
            typed.focus()

    def on_lines_resized(self) -> None:
        lines = self.query_one(Lines)
        content = plan_lines(self._plan, lines.width - 1)
        lines.show([Row(line) for line in content])
        room = max(_FEWEST, self._room(lines.width - 1))
        lines.styles.height = min(len(content), room)
        self.query_one(".box").border_subtitle = "↑ ↓ shows all of it" if len(content) > room else ""

    def _room(self, width: int) -> int:
        """Lines for the plan beside what must always be seen: the word to type, and how."""
        box = self.size.height * 9 // 10 - _FRAME
        return box - len(self.query(Input)) - len(self._how().wrap(width))

    def _how(self) -> Content:
        if self._plan.idle:
            return dim("Enter or Esc goes back")
        word = self._change.confirmation.word
        if self._change.approver:
            approved = Content.styled(f"✔ approved by {clean(self._change.approver)}. ", GOOD)
            return approved + self._word(word)
        if self._change.confirmation.forbidden:
            return Content.styled("The site is read-only: this plan cannot be carried out · Esc goes back", CAUTION)
        return self._word(word)

    def _word(self, word: str) -> Content:
        back = "Esc goes back, nothing is changed" + (" · ^o other answers" if self._answered else "")
        if not word:
            return dim(f"Enter carries it out · {back}")
        enter = "" if self._completes else "and press Enter "
        return Content.assemble("Type ", (clean(word), "bold"), dim(f" {enter}to carry it out · {back}"))

    def action_scroll(self, way: int) -> None:
        lines = self.query_one(Lines)
        lines.scroll_relative(y=way * max(1, lines.size.height // 2), animate=False)

    def action_copy(self) -> None:
        """The same change as calls of the AWS CLI."""
        self.app.copy_to_clipboard(as_cli(self._plan))
        self.query_one(".keys", Static).update(dim("the AWS CLI calls are copied · ") + self._how())

    def action_ask_again(self) -> None:
        if self._answered:
            self.dismiss(OtherAnswers())

    @property
    def _completes(self) -> bool:
        """Whether the word's last letter is enough. What is destroyed wants one more look."""
        return self._change.confirmation.word == self._plan.environment

    @property
    def _only_to_read(self) -> bool:
        return self._plan.idle or self._change.confirmation.forbidden

    def action_apply(self) -> None:
        if self._only_to_read:
            self.dismiss(None)
        elif not self._change.confirmation.word:
            self.dismiss(Typed(""))

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._completes and event.value.strip() == self._change.confirmation.word:
            self.dismiss(Typed(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value.strip() == self._change.confirmation.word:
            self.dismiss(Typed(event.value.strip()))
        else:
            self.query_one(".keys", Static).update(
                Content.styled(
                    f"that is not {clean(self._change.confirmation.word)}: nothing was changed", f"bold {BAD}"
                )
            )
