"""What the answers file says about a change that did not go its straight way."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import convert, structs

from runbook_tui.core.change import Called, CallStage, Change, Stage
from runbook_tui.core.change_commands import PlanAction, SettleDoubt
from runbook_tui.core.commands import Answer
from runbook_tui.core.plan import ApiCall, Plan, Risk
from runbook_tui.core.runbook import Ask, Family, Offer, Option, Runbook, Step
from runbook_tui.core.state import RunState, StepState
from runbook_tui.engine.headless import Halt, Script, next_move

NIGHT = datetime(2026, 11, 23, 3, tzinfo=UTC)
BOOK = Runbook(
    id="b",
    title="B",
    family=Family.ROLLBACK,
    outcome="Done.",
    text="",
    steps=(Step(id="s", title="S", action=Offer(use="a.b")),),
)
CALL = ApiCall(id="c", service="ecs", operation="update_service", parameters={}, effect="e")
PLAN = Plan(action="a.b", title="t", environment="prod", resource="r", effect="e", risk=Risk.CHANGE, calls=(CALL,))


def minute(number: int) -> datetime:
    return NIGHT + timedelta(minutes=number)


def after(stage: Stage, *, resumed: int | None, undoes: int | None = None) -> RunState:
    """A change of minute 1 whose call left in minute 2."""
    call = Called(stage=CallStage.IN_DOUBT, started_at=minute(2))
    change = Change(
        number=1, step="s", action="a.b", stage=stage, asked_at=minute(1), plan=PLAN, calls={"c": call}, undoes=undoes
    )
    at = StepState(visits=1, entered_at=NIGHT)
    return RunState(
        current="s", steps={"s": at}, changes={1: change}, resumed_at=minute(resumed) if resumed is not None else None
    )


def script(**more: object) -> Script:
    return convert({"change": {"s": {}}, **more}, Script)


@pytest.mark.parametrize(("word", "happened"), [("happened", True), ("not", False)])
def test_a_doubt_that_was_there_is_settled(word: str, happened: bool) -> None:
    """The answers say what a look at AWS told."""
    move = next_move(after(Stage.IN_DOUBT, resumed=3), BOOK, script(settle={"s": word}))
    assert move == SettleDoubt(happened=happened)


@pytest.mark.parametrize("resumed", [None, 0])
def test_a_later_doubt_is_not_settled_by_it(resumed: int | None) -> None:
    """Answers that were written before cannot know what became of the call."""
    assert next_move(after(Stage.IN_DOUBT, resumed=resumed), BOOK, script(settle={"s": "not"})) is Halt.IN_DOUBT


def test_a_doubt_is_told_before_anything_else() -> None:
    """Neither skipping nor a missing consent hides it."""
    assert next_move(after(Stage.IN_DOUBT, resumed=3), BOOK, Script(skip={"s": "later"})) is Halt.IN_DOUBT
    assert next_move(after(Stage.IN_DOUBT, resumed=3), BOOK, Script()) is Halt.IN_DOUBT


@pytest.mark.parametrize("stage", [Stage.REFUSED, Stage.FAILED])
def test_what_was_not_made_is_planned_again_by_a_resumed_run(stage: Stage) -> None:
    """Once for every time that the run is taken up."""
    assert isinstance(next_move(after(stage, resumed=3), BOOK, script()), PlanAction)
    assert next_move(after(stage, resumed=0), BOOK, script()) is Halt.NOT_CHANGED


def test_what_was_taken_back_is_not_made_again() -> None:
    """Somebody wanted it so."""
    assert next_move(after(Stage.UNDONE, resumed=3), BOOK, script()) is Halt.NOT_CHANGED


def test_an_undo_is_not_taken_for_the_change() -> None:
    """The change itself is still to be planned."""
    assert isinstance(next_move(after(Stage.DONE, resumed=3, undoes=1), BOOK, script()), PlanAction)


def test_an_answer_that_wants_a_word_waits_for_it() -> None:
    """The file says it under ``reasons``; without it the run waits as for an answer."""
    options = {"yes": Option(label="Accept", why="Why?"), "no": Option(label="Reject")}
    step = Step(id="s", title="Ask", ask=Ask(question="Accept?", options=options), end=True)
    book = structs.replace(BOOK, steps=(step,))
    at = RunState(current="s", steps={"s": StepState(visits=1)})
    assert next_move(at, book, script(answers={"s": "yes"})) is Halt.NEEDS_ANSWER
    said = next_move(at, book, script(answers={"s": "yes"}, reasons={"s": "it was slow"}))
    assert said == Answer(option="yes", reason="it was slow")
    assert next_move(at, book, script(answers={"s": "no"})) == Answer(option="no")
