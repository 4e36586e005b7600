"""What is changed for a while only: when it is taken back, without anybody being asked. Pure.

Whoever confirms a temporary change confirms its end with it. One stands at most: the last.
"""

from datetime import datetime, timedelta
from typing import Final

from runbook_tui.core.change import Change, Stage
from runbook_tui.core.change_commands import Restore
from runbook_tui.core.change_events import ActionAsked, ActionFailed, ActionRefused
from runbook_tui.core.events import Event
from runbook_tui.core.plan_text import as_cli
from runbook_tui.core.refusal import Decision, Refusal
from runbook_tui.core.state import RunState

MOST_TRIES: Final = 5
_PAUSES: Final = (2.0, 4.0, 8.0, 15.0)  # seconds after the first try, the second, …
_STANDS: Final = (Stage.RUNNING, Stage.IN_DOUBT, Stage.DONE, Stage.FAILED)


def standing(state: RunState) -> Change | None:
    """The temporary change of which something may have been done, and that was not taken back."""
    found = (one for one in reversed(list(state.changes.values())) if one.temporary and one.stage in _STANDS)
    return next((one for one in found if one.takes_back), None)


def given_up(state: RunState) -> Change | None:
    """The temporary change that stands though it was tried often enough to take it back."""
    found = standing(state)
    return found if found is not None and len(_tries(state, found)) >= MOST_TRIES else None


def by_hand(state: RunState, found: Change) -> str:
    """The commands that take it back: those of the last try where there was one, else what it was made with."""
    tried = [one.plan for one in state.changes.values() if one.undoes == found.number and one.plan is not None]
    plan = tried[-1] if tried else found.plan
    return as_cli(plan) if plan is not None else ""


def owed(state: RunState) -> bool:
    """Whether the program must still take something back before it may end."""
    return standing(state) is not None and given_up(state) is None


def due(change: Change) -> datetime:
    """When it is taken back at the latest."""
    assert change.plan is not None, "what stands was planned"
    started = [called.started_at for called in change.calls.values() if called.started_at is not None]
    return min(started) + timedelta(seconds=change.plan.restore_within)


def seconds_left(state: RunState, now: datetime) -> float | None:
    """Until what stands is to be taken back; None where nothing is, or it has to wait for what is under way.

    A change that failed half-way is taken back at once.
    """
    found, other = standing(state), state.open_change
    if found is None or given_up(state) is not None or (other is not None and other.stage.underway):
        return None
    if other is not None and other.undoes == found.number and other.stage is Stage.ASKED:  # it is being planned
        return None
    tries = _tries(state, found)
    if tries:
        at = tries[-1].asked_at + timedelta(seconds=_PAUSES[min(len(tries), len(_PAUSES)) - 1])
    else:
        at = due(found)
        if found.stage is Stage.FAILED:
            return 0.0
    return max(0.0, (at - now).total_seconds())


def restore(state: RunState, command: Restore) -> Decision:
    """Nothing where nothing stands, or where it has to wait: it is asked for again. What is in doubt is left so."""
    found, other = standing(state), state.open_change
    if found is None or (other is not None and other.stage.underway):
        return ()
    if other is not None and other.undoes == found.number and other.stage is Stage.ASKED:  # it is being planned
        return ()
    asked = ActionAsked(
        step=state.current or found.step,
        change=len(state.changes) + 1,
        action=found.action,
        inputs=found.inputs,
        undoes=found.number,
        reason=command.reason,
    )
    return (*_set_aside(other), asked)


def refused_to_end(state: RunState) -> Refusal | None:
    """A run does not end while it owes something."""
    found = standing(state)
    if found is None or not owed(state):
        return None
    return Refusal(
        reason=f"change {found.number} is for a while only, and still stands",
        remedy=f"take it back first; at {due(found):%H:%M:%S} UTC it is by itself",
    )


def _tries(state: RunState, found: Change) -> list[Change]:
    """Since this program has had the run."""
    return [
        one
        for one in state.changes.values()
        if one.undoes == found.number
        and one.stage in (Stage.FAILED, Stage.REFUSED)
        and (state.resumed_at is None or one.asked_at >= state.resumed_at)
    ]


def _set_aside(other: Change | None) -> tuple[Event, ...]:
    if other is None:
        return ()
    if other.stage is not Stage.IN_DOUBT:
        return (ActionRefused(change=other.number, reason="what is for a while only is taken back first"),)
    reason = f"{other.running_call} is in doubt; what is for a while only is taken back all the same"
    return (ActionFailed(change=other.number, reason=reason),)
