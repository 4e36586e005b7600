"""What the run screen does when two operators have one run: the second watches, and may take it over."""

from typing import Final

from runbook_tui.tui.screens.changing import Changing
from runbook_tui.tui.screens.choose import Choice, ChooseScreen
from runbook_tui.tui.widgets.now import Now
from runbook_tui.tui.widgets.topline import short_name

TAKE_OVER: Final = "--take-over"


class Handing(Changing):
    def open_bridge(self, how: str = "--resume") -> None:
        """Connect to the process that owns the run, or to a new one."""
        raise NotImplementedError

    def action_hand_over(self) -> None:
        holder = self.walk.holder
        if not holder:
            self.query_one(Now).say("You walk this run. Who takes it over opens it on their own screen and presses h.")
            return

        def chosen(key: str | None) -> None:
            if key == "t":
                self.bridge.leave()
                self.open_bridge(TAKE_OVER)

        choices = (
            Choice(key="w", label="Watch on"),
            Choice(key="t", label="Take it over", more="both names are written down; you go on under your own"),
        )
        self.app.push_screen(ChooseScreen(f"{short_name(holder)} walks this run", "", choices), chosen)
