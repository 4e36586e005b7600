"""One change of a run, folded from its events, and the stack of what can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.core.change_events import (
    ActionApproved,
    ActionAsked,
    ActionConfirmed,
    ActionFailed,
    ActionFinished,
    ActionInterrupted,
    ActionPlanned,
    ActionRefused,
    CallFailed,
    CallFinished,
    CallReady,
    CallStarted,
    ChangeEvent,
    DoubtSettled,
    InputsWanted,
)
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.plan import ApiCall, Plan, Question


class Stage(StrEnum):
    ASKED = "being planned"
    WANTING = "needs your answers"
    PLANNED = "planned"
    CONFIRMED = "confirmed"
    RUNNING = "under way"
    IN_DOUBT = "in doubt"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "not made"
    UNDONE = "undone"

    @property
    def open(self) -> bool:
        return self in (Stage.ASKED, Stage.WANTING, Stage.PLANNED, Stage.CONFIRMED, Stage.RUNNING, Stage.IN_DOUBT)

    @property
    def underway(self) -> bool:
        """It can no longer be withdrawn."""
        return self in (Stage.CONFIRMED, Stage.RUNNING)


class CallStage(StrEnum):
    STARTED = "started"
    FINISHED = "finished"
    READY = "ready"
    FAILED = "failed"
    IN_DOUBT = "in doubt"


class Called(Struct, frozen=True, kw_only=True):
    """One call of a change, as far as it came."""

    stage: CallStage
    parameters: Mapping[str, Any] = {}
    outputs: Mapping[str, Any] = {}
    request_id: str = ""
    code: str = ""
    message: str = ""
    started_at: datetime | None = None

    @property
    def may_have_happened(self) -> bool:
        return self.stage is not CallStage.FAILED


class Change(Struct, frozen=True, kw_only=True):
    number: int
    step: str
    action: str
    stage: Stage
    asked_at: datetime
    inputs: Mapping[str, str] = {}
    undoes: int | None = None
    questions: tuple[Question, ...] = ()
    plan: Plan | None = None
    digest: str = ""
    confirmation: Confirmation = Confirmation()
    approver: str = ""
    break_glass: str = ""
    calls: Mapping[str, Called] = {}
    reason: str = ""
    remedy: str = ""

    @property
    def temporary(self) -> bool:
        """It is taken back by itself."""
        return self.plan is not None and self.plan.restore_within > 0 and self.undoes is None

    @property
    def answers(self) -> dict[str, Mapping[str, Any]]:
        """What the calls answered, by call."""
        return {name: called.outputs for name, called in self.calls.items()}

    @property
    def takes_back(self) -> tuple[ApiCall, ...]:
        """The calls that undo what was done, last one first. Empty when there is nothing to take back."""
        if self.plan is None or self.undoes is not None:
            return ()
        made = [self.plan.call(name) for name, called in self.calls.items() if called.may_have_happened]
        return tuple(back for call in reversed(made) for back in call.undo)

    @property
    def undoable(self) -> bool:
        return self.stage in (Stage.DONE, Stage.FAILED, Stage.IN_DOUBT) and bool(self.takes_back)

    @property
    def running_call(self) -> str | None:
        """The call that was started and has not ended, or whose effect is still awaited."""
        if self.plan is None:
            return None
        for name, called in self.calls.items():
            waits = called.stage is CallStage.FINISHED and self.plan.call(name).ready is not None
            if waits or called.stage in (CallStage.STARTED, CallStage.IN_DOUBT):
                return name
        return None

    @property
    def complete(self) -> bool:
        """Every call was made, and what it made is usable."""
        done = [called.stage in (CallStage.FINISHED, CallStage.READY) for called in self.calls.values()]
        whole = self.plan is not None and len(done) == len(self.plan.calls)
        return whole and all(done) and self.running_call is None


def take(changes: Mapping[int, Change], event: ChangeEvent, at: datetime) -> Mapping[int, Change]:
    """The changes after this event; what was given stays as it was."""
    if isinstance(event, ActionAsked):
        asked = Change(
            number=event.change,
            step=event.step,
            action=event.action,
            stage=Stage.ASKED,
            asked_at=at,
            inputs=event.inputs,
            undoes=event.undoes,
        )
        return {**changes, event.change: asked}
    change = changes[event.change]
    after = {**changes, event.change: _after(change, event, at)}
    if isinstance(event, ActionFinished) and change.undoes in after:
        after[change.undoes] = replace(after[change.undoes], stage=Stage.UNDONE)
    return after


def _after(change: Change, event: ChangeEvent, at: datetime) -> Change:
    match event:
        case InputsWanted():
            return replace(change, stage=Stage.WANTING, questions=event.questions)
        case ActionPlanned():
            return replace(
                change, stage=Stage.PLANNED, plan=event.plan, digest=event.digest, confirmation=event.confirmation
            )
        case ActionRefused():
            return replace(change, stage=Stage.REFUSED, reason=event.reason, remedy=event.remedy)
        case ActionApproved():
            return replace(change, approver=event.approver)
        case ActionConfirmed():
            return replace(change, stage=Stage.CONFIRMED, break_glass=event.break_glass)
        case ActionFinished():
            return replace(change, stage=Stage.DONE)
        case ActionFailed():
            return replace(change, stage=Stage.FAILED, reason=event.reason, remedy=event.remedy)
        case CallStarted() | CallFinished() | CallReady() | CallFailed() | ActionInterrupted() | DoubtSettled():
            return _called(change, event, at)
        case ActionAsked():
            raise AssertionError("an asked action is a new change")
        case _:
            assert_never(event)


def _called(
    change: Change,
    event: CallStarted | CallFinished | CallReady | CallFailed | ActionInterrupted | DoubtSettled,
    at: datetime,
) -> Change:
    before = change.calls.get(event.call)
    match event:
        case CallStarted():
            called = Called(stage=CallStage.STARTED, parameters=event.parameters, started_at=at)
            return _with(change, event.call, called, Stage.RUNNING)
        case CallFinished():
            assert before is not None, "a call that ends was started"
            called = replace(before, stage=CallStage.FINISHED, outputs=event.outputs, request_id=event.request_id)
            return _with(change, event.call, called, Stage.RUNNING)
        case CallReady():
            assert before is not None, "a call that is ready was started"
            return _with(change, event.call, replace(before, stage=CallStage.READY), Stage.RUNNING)
        case CallFailed():
            assert before is not None, "a call that fails was started"
            stage = CallStage.IN_DOUBT if event.in_doubt else CallStage.FAILED
            called = replace(before, stage=stage, code=event.code, message=event.message, request_id=event.request_id)
            return _with(change, event.call, called, Stage.IN_DOUBT if event.in_doubt else Stage.RUNNING)
        case ActionInterrupted():
            assert before is not None, "a call in doubt was started"
            return _with(change, event.call, replace(before, stage=CallStage.IN_DOUBT), Stage.IN_DOUBT)
        case DoubtSettled():
            assert before is not None, "a call in doubt was started"
            stage = CallStage.FINISHED if event.happened else CallStage.FAILED
            return _with(change, event.call, replace(before, stage=stage), change.stage)
        case _:
            assert_never(event)


def _with(change: Change, call: str, called: Called, stage: Stage) -> Change:
    return replace(change, stage=stage, calls={**change.calls, call: called})
