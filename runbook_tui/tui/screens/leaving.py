"""How the run screen is left: the run pauses, or goes on alone."""

from typing import Final

from runbook_tui.engine.protocol import Close
from runbook_tui.tui.bridge import Bridge
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.screens.choose import Choice, ChooseScreen
from runbook_tui.tui.walk import Walk
from runbook_tui.tui.widgets.now import Now

CLOSING: Final = 10.0  # seconds that a runner is given to pause and go


class Leaving(Glass):
    """A screen over one ``walk`` and one ``bridge``."""

    walk: Walk
    bridge: Bridge
    leaving = False

    def action_leave(self) -> None:
        if not self.bridge.connected or self.walk.holder:
            self.go()
        elif self.walk.state.phase.over:
            self._pause_and_go()
        else:
            choices = (
                Choice(key="p", label="Pause and leave", more="takes up at this step again"),
                Choice(key="l", label="Leave it running", more="checks and waits go on; come back from home"),
                Choice(key="s", label="Stay"),
            )
            self.app.push_screen(ChooseScreen("Leave the run", "Everything so far is recorded.", choices), self._left)

    def _left(self, key: str | None) -> None:
        if key == "p":
            self._pause_and_go()
        elif key == "l":
            self.bridge.leave()
            self.go()

    def _pause_and_go(self) -> None:
        """The runner writes the pause down, then ends: wait for that, but not for ever."""
        self.leaving = True
        if not self.bridge.send(Close(pause=True)):
            self.go()
            return
        self.query_one(Now).say("Writing the pause down …")
        self.set_timer(CLOSING, self.go)

    def go(self) -> None:
        if self.is_attached and self in self.app.screen_stack:
            self.leaving = True
            self.bridge.leave()
            if self.app.screen is self:
                self.app.pop_screen()
