"""What comes next when a whole run is taken back: its changes, the last one first."""

from collections.abc import Sequence

from msgspec import Struct

from runbook_tui.core.change import Stage
from runbook_tui.core.change_commands import ConfirmPlan, SettleDoubt, Undo
from runbook_tui.core.commands import Abort, Command
from runbook_tui.core.state import Phase, RunState
from runbook_tui.engine.headless import Halt

ENDS = "it is taken back as a whole"


class Agreed(Struct, frozen=True, kw_only=True):
    """What the operator has agreed to: ``words`` are what was typed to confirm, ``break_glass`` why nobody else is
    waited for, ``happened`` what became of a call that was in doubt. ``since`` is how many changes the run had
    before: a change that fails now is not tried again."""

    words: Sequence[str] = ()
    break_glass: str = ""
    happened: bool | None = None
    since: int = 0


def next_back(state: RunState, agreed: Agreed) -> Command | Halt | None:
    """The next command, a reason to stop, or None: something is under way, or nothing is left (``taken_back``).

    A run that is not over ends first: whoever takes it back does not mean to go on with it.
    """
    found = state.open_change
    if found is not None and found.stage.underway:
        return None
    if not state.phase.over:
        return Abort(reason=ENDS)
    if found is not None and found.stage is Stage.IN_DOUBT:
        return Halt.IN_DOUBT if agreed.happened is None else SettleDoubt(happened=agreed.happened)
    if found is None or found.undoes is None:
        return _begin(state, agreed)
    if found.stage is not Stage.PLANNED:
        return None
    word = found.confirmation.word
    if word and word not in agreed.words:
        return Halt.NEEDS_CONSENT
    if found.confirmation.approver and not (found.approver or agreed.break_glass):
        return Halt.NEEDS_APPROVAL
    return ConfirmPlan(digest=found.digest, typed=word, break_glass=agreed.break_glass)


def taken_back(state: RunState) -> bool:
    return state.phase is not Phase.RUNNING and state.open_change is None and not state.undo_stack


def _begin(state: RunState, agreed: Agreed) -> Command | Halt | None:
    last = state.changes.get(len(state.changes))
    failed = last is not None and last.number > agreed.since and last.stage in (Stage.REFUSED, Stage.FAILED)
    if failed and last is not None and last.undoes is not None:
        return Halt.NOT_CHANGED
    return Undo() if state.undo_stack else None
