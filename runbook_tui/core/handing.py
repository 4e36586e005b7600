"""How a run is handed from one operator to another. Pure; a part of ``decide``."""

from runbook_tui.core.commands import HandOver
from runbook_tui.core.events import Event, HandedOver, RunPaused
from runbook_tui.core.refusal import Decision, Refusal
from runbook_tui.core.state import Phase, RunState
from runbook_tui.core.temporary import standing


def hand_over(state: RunState, command: HandOver) -> Decision:
    """The run is paused for the one who takes it: their own process goes on with it, under their own name."""
    found = state.open_change
    if found is not None and found.stage.underway:
        return Refusal(reason=f"change {found.number} is under way", remedy="take over when it has ended")
    if standing(state) is not None:
        return Refusal(
            reason="something is changed for a while, and would be taken back",
            remedy="take over when it was taken back",
        )
    handed = HandedOver(giver=command.giver, taker=command.taker)
    pause: tuple[Event, ...] = (RunPaused(reason=f"handed over to {command.taker}"),)
    return (handed, *(pause if state.phase is Phase.RUNNING else ()))
