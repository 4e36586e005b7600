"""What the run screen does with what is shown once: it asks for it, shows it, and forgets it."""

from runbook_tui.core.change import Change, Stage
from runbook_tui.engine.protocol import Revealed
from runbook_tui.tui.screens.handing import Handing
from runbook_tui.tui.screens.plan import OtherAnswers, Typed
from runbook_tui.tui.screens.private import PrivateScreen


class Receiving(Handing):
    """Only the screen on which the change was confirmed asks by itself; on another one ``a`` does."""

    _awaited = 0  # the change that was confirmed here and makes something that is shown once

    def show_change(self) -> None:
        found = self.walk.state.changes.get(self._awaited)
        if found is not None and found.stage is Stage.DONE and self.app.screen is self:
            self._awaited = 0
            self.bridge.reveal(found.number)
        super().show_change()

    def action_change(self) -> None:
        """What was made and not taken over yet is shown before anything is planned again."""
        made = self._made_here()
        if made is not None and self.walk.state.open_change is None:
            self.bridge.reveal(made.number)
        else:
            super().action_change()

    def show_once(self, revealed: Revealed) -> None:
        self.app.push_screen(PrivateScreen(dict(revealed.values)))

    def _typed(self, found: Change, typed: Typed | OtherAnswers | None) -> None:
        if found.plan is not None and found.plan.shows and isinstance(typed, Typed):
            self._awaited = found.number
        super()._typed(found, typed)

    def _made_here(self) -> Change | None:
        """The change of this step that shows something, when it was made and stands."""
        step = self.walk.state.current
        made = [one for one in self.walk.state.changes.values() if one.step == step and one.stage is Stage.DONE]
        return next((one for one in reversed(made) if one.plan is not None and one.plan.shows), None)
