"""What comes next when a whole run is taken back."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from runbook_tui.core.change import Called, CallStage, Change, Stage
from runbook_tui.core.change_commands import ConfirmPlan, SettleDoubt, Undo
from runbook_tui.core.commands import Abort
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.plan import ApiCall, Plan, Risk
from runbook_tui.core.state import Phase, RunState
from runbook_tui.engine.headless import Halt
from runbook_tui.engine.taking_back import ENDS, Agreed, next_back, taken_back

BACK = ApiCall(id="delete", service="ec2", operation="delete_vpc", parameters={}, effect="gone")
MAKE = ApiCall(id="make", service="ec2", operation="create_vpc", parameters={}, effect="made", undo=(BACK,))
PLAN = Plan(action="a", title="t", environment="prod", resource="vpc", effect="e", risk=Risk.CHANGE, calls=(MAKE,))
MADE = Change(
    number=1,
    step="s",
    action="a",
    stage=Stage.DONE,
    asked_at=datetime(2026, 11, 23, tzinfo=UTC),
    plan=PLAN,
    calls={"make": Called(stage=CallStage.FINISHED)},
)
UNDO = replace(MADE, number=2, stage=Stage.PLANNED, undoes=1, digest="d", calls={})
AGREED = Agreed(words=("prod",), since=1)


def over(*changes: Change) -> RunState:
    return RunState(phase=Phase.FINISHED, changes={change.number: change for change in changes})


def test_a_run_that_is_not_over_ends_first() -> None:
    """Whoever takes it back does not go on with it."""
    assert next_back(replace(over(MADE), phase=Phase.PAUSED), AGREED) == Abort(reason=ENDS)


def test_it_ends_when_nothing_stands_any_more() -> None:
    """One undo after the other, until the stack is empty."""
    assert next_back(over(MADE), AGREED) == Undo()
    assert not taken_back(over(MADE))
    left = over(replace(MADE, stage=Stage.UNDONE))
    assert next_back(left, AGREED) is None
    assert taken_back(left)


@pytest.mark.parametrize(
    ("confirmation", "agreed", "then"),
    [
        (Confirmation(), AGREED, ConfirmPlan(digest="d")),
        (Confirmation(word="prod"), AGREED, ConfirmPlan(digest="d", typed="prod")),
        (Confirmation(word="table"), AGREED, Halt.NEEDS_CONSENT),
        (Confirmation(word="prod", approver=True), AGREED, Halt.NEEDS_APPROVAL),
        (
            Confirmation(approver=True),
            Agreed(break_glass="alone", since=1),
            ConfirmPlan(digest="d", break_glass="alone"),
        ),
    ],
)
def test_each_undo_is_confirmed_as_it_asks(confirmation: Confirmation, agreed: Agreed, then: object) -> None:
    """What was not agreed to stops it."""
    assert next_back(over(MADE, replace(UNDO, confirmation=confirmation)), agreed) == then


@pytest.mark.parametrize("stage", [Stage.REFUSED, Stage.FAILED])
def test_what_failed_is_not_tried_again_by_itself(stage: Stage) -> None:
    """Only whoever starts it once more tries it again."""
    state = over(MADE, replace(UNDO, stage=stage))
    assert next_back(state, AGREED) is Halt.NOT_CHANGED
    assert next_back(state, replace(AGREED, since=2)) == Undo()


def test_a_doubt_is_settled_by_whoever_has_looked() -> None:
    """Without a word about it nothing goes on; what is under way is waited for."""
    state = over(MADE, replace(UNDO, stage=Stage.IN_DOUBT))
    assert next_back(state, AGREED) is Halt.IN_DOUBT
    assert next_back(state, replace(AGREED, happened=True)) == SettleDoubt(happened=True)
    assert next_back(over(MADE, replace(UNDO, stage=Stage.RUNNING)), AGREED) is None
