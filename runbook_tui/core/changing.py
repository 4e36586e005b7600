"""How a change is asked for, planned, confirmed, made and taken back. Pure; a part of ``decide``.

``ActionAsked`` → ``ActionPlanned`` → ``ActionConfirmed`` → the state is read again, and the change is refused when
the plan would be another one now → ``CallStarted`` (on disk first) → ``CallFinished`` … → ``ActionFinished``.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import assert_never

from runbook_tui.core.change import CallStage, Change, Stage
from runbook_tui.core.change_commands import (
    ChangeCommand,
    ConfirmPlan,
    PlanAction,
    ReportApproval,
    ReportCall,
    ReportPlan,
    ReportReady,
    ReportReread,
    SettleDoubt,
    Undo,
    Withdraw,
)
from runbook_tui.core.change_events import (
    ActionApproved,
    ActionAsked,
    ActionConfirmed,
    ActionFailed,
    ActionFinished,
    ActionPlanned,
    ActionRefused,
    CallFailed,
    CallFinished,
    CallReady,
    CallStarted,
    DoubtSettled,
    InputsWanted,
)
from runbook_tui.core.events import ChecksStarted, Event, WaitStarted
from runbook_tui.core.plan import ApiCall, filled
from runbook_tui.core.refusal import Decision, Refusal
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import RunState

PLAN_AGAIN = "plan it again: the new plan shows what is there now"


def change(state: RunState, runbook: Runbook, command: ChangeCommand) -> Decision:
    """Reports that come too late decide nothing; wishes that cannot be granted are refused."""
    match command:
        case PlanAction():
            return _ask(state, runbook, command)
        case Undo():
            return _undo(state, command)
        case Withdraw():
            return _withdraw(state)
        case ConfirmPlan():
            return _confirm(state, command)
        case SettleDoubt():
            return _settle(state, runbook, command)
        case ReportPlan():
            return _planned(state, command)
        case ReportApproval():
            return _approved(state, command)
        case ReportReread():
            return _reread(state, command)
        case ReportCall():
            return _called(state, runbook, command)
        case ReportReady():
            return _ready(state, runbook, command)
        case _:
            assert_never(command)


def _ask(state: RunState, runbook: Runbook, command: PlanAction) -> Decision:
    step = runbook.step(state.current or "")
    busy = _busy(state)
    if busy is not None:
        return busy
    if not command.action and step.action is None:
        return Refusal(reason="this step changes nothing", remedy="go on")
    unasked = [check for check in step.before if check in state.step.pending]
    if unasked:
        return Refusal(reason=f"{unasked[0]} has not answered yet", remedy="wait for the checks before the change")
    blocking = [check for check in state.step.blocking if check in step.before]
    if blocking and not command.reason.strip():
        return Refusal(
            reason=f"not passed: {', '.join(blocking[:3])}", remedy="put it right, or plan the change with a reason"
        )
    offered = step.action
    inputs = dict(offered.inputs) if offered is not None and command.action in ("", offered.use) else {}
    asked = ActionAsked(
        step=step.id,
        change=_next(state),
        action=command.action or (offered.use if offered else ""),
        inputs={**inputs, **command.inputs},
        reason=command.reason.strip(),
    )
    return (*_withdrawn(state, "another plan was asked for"), asked)


def _undo(state: RunState, command: Undo) -> Decision:
    busy = _busy(state)
    if busy is not None:
        return busy
    stack = state.undo_stack
    wanted = command.change if command.change is not None else (stack[0] if stack else None)
    if wanted is None:
        return Refusal(reason="nothing was changed that could be undone", remedy="")
    if wanted not in stack:
        return Refusal(reason=f"change {wanted} cannot be undone", remedy=f"one of: {stack}" if stack else "")
    if wanted != stack[0] and not command.out_of_order:
        return Refusal(
            reason=f"change {stack[0]} was made after it",
            remedy=f"undo {stack[0]} first, or say that the order is meant",
        )
    asked = ActionAsked(
        step=state.current or "",
        change=_next(state),
        action=state.changes[wanted].action,
        inputs=state.changes[wanted].inputs,
        undoes=wanted,
    )
    return (*_withdrawn(state, "an undo was asked for"), asked)


def _withdraw(state: RunState) -> Decision:
    busy = _busy(state)
    if busy is not None:
        return busy
    return _withdrawn(state, "withdrawn") or Refusal(reason="nothing is planned", remedy="")


def _confirm(state: RunState, command: ConfirmPlan) -> Decision:
    found = state.open_change
    if found is None or found.stage is not Stage.PLANNED:
        return Refusal(reason="nothing is planned", remedy="plan the change first")
    if command.digest != found.digest:
        return Refusal(reason="this confirms another plan", remedy="look at the plan, then confirm it")
    if found.plan is not None and found.plan.idle:
        return Refusal(reason="there is nothing to do", remedy="go on")
    if found.confirmation.forbidden:
        return Refusal(
            reason="this site is read-only", remedy="set read_only: false in the site file, then resume the run"
        )
    word, typed = found.confirmation.word, command.typed.strip()
    more_than_asked = not word and typed == state.environment
    if typed != word and not more_than_asked:
        return Refusal(reason=f"type {word} to confirm" if word else "a key is enough here", remedy="")
    if found.confirmation.approver and not found.approver and not command.break_glass.strip():
        return Refusal(
            reason="a second person has to approve",
            remedy=f"they run: runbook-tui approve {found.digest[:12]}; in an emergency confirm with a reason",
        )
    return (
        ActionConfirmed(
            change=found.number, digest=found.digest, typed=command.typed, break_glass=command.break_glass.strip()
        ),
    )


def _settle(state: RunState, runbook: Runbook, command: SettleDoubt) -> Decision:
    found = state.open_change
    if found is None or found.stage is not Stage.IN_DOUBT or found.running_call is None:
        return Refusal(reason="nothing is in doubt", remedy="")
    settled = DoubtSettled(change=found.number, call=found.running_call, happened=command.happened)
    what = "was carried out" if command.happened else "was not carried out"
    failed = ActionFailed(
        change=found.number, reason=f"{found.running_call} {what}; the rest was not made", remedy=PLAN_AGAIN
    )
    last = found.plan is not None and found.plan.following(found.running_call) is None
    if command.happened and last:
        return (settled, ActionFinished(change=found.number), *look_again(state, runbook, found))
    return (settled, failed, *ask_again(state, runbook))


def _planned(state: RunState, command: ReportPlan) -> Decision:
    found = state.changes.get(command.change)
    if found is None or found.stage is not Stage.ASKED:
        return ()
    if command.questions:
        return (InputsWanted(change=found.number, questions=command.questions),)
    if command.plan is None:
        return (ActionRefused(change=found.number, reason=command.reason, remedy=command.remedy),)
    planned = ActionPlanned(
        change=found.number, plan=command.plan, digest=command.digest, confirmation=command.confirmation
    )
    undone = state.changes.get(found.undoes) if found.undoes is not None else None
    if undone is not None and undone.temporary:  # its end was confirmed with its beginning
        return (planned, ActionConfirmed(change=found.number, digest=command.digest))
    return (planned,)


def _approved(state: RunState, command: ReportApproval) -> Decision:
    found = state.open_change
    if found is None or found.stage is not Stage.PLANNED or found.digest != command.digest:
        return Refusal(reason="this approves another plan", remedy="the plan has changed since: approve the new one")
    return (ActionApproved(change=found.number, digest=found.digest, approver=command.approver),)


def _reread(state: RunState, command: ReportReread) -> Decision:
    found = state.changes.get(command.change)
    if found is None or found.stage is not Stage.CONFIRMED or found.plan is None:
        return ()
    if command.digest == found.digest:
        return (_start(found, found.plan.calls[0], state.run),)
    reason = command.reason or "what it would change is no longer as the plan says"
    return (ActionRefused(change=found.number, reason=reason, remedy=command.remedy or PLAN_AGAIN),)


def _called(state: RunState, runbook: Runbook, command: ReportCall) -> Decision:
    found = state.changes.get(command.change)
    called = found.calls.get(command.call) if found is not None else None
    if found is None or found.plan is None or called is None or called.stage is not CallStage.STARTED:
        return ()
    if command.code:
        return _failed(state, runbook, found, command)
    finished = CallFinished(
        change=found.number,
        call=command.call,
        request_id=command.request_id,
        outputs=command.outputs,
        duration_ms=command.duration_ms,
    )
    if found.plan.call(command.call).ready is not None:
        return (finished,)
    answers = {**found.answers, command.call: command.outputs}
    return (finished, *_next_call(state, runbook, found, command.call, answers))


def _failed(state: RunState, runbook: Runbook, found: Change, command: ReportCall) -> Decision:
    failed = CallFailed(
        change=found.number,
        call=command.call,
        code=command.code,
        message=command.message,
        request_id=command.request_id,
        in_doubt=command.in_doubt,
    )
    if command.in_doubt:
        return (failed,)
    reason = f"{command.call}: {command.code}: {command.message}"
    ended = ActionFailed(change=found.number, reason=reason, remedy=command.remedy or PLAN_AGAIN)
    return (failed, ended, *ask_again(state, runbook))


def _ready(state: RunState, runbook: Runbook, command: ReportReady) -> Decision:
    found = state.changes.get(command.change)
    if found is None or found.running_call != command.call:
        return ()
    if command.reason:
        failed = ActionFailed(change=found.number, reason=command.reason, remedy=PLAN_AGAIN)
        return (failed, *ask_again(state, runbook))
    ready = CallReady(change=found.number, call=command.call)
    return (ready, *_next_call(state, runbook, found, command.call, found.answers))


def _next_call(
    state: RunState, runbook: Runbook, found: Change, call: str, answers: Mapping[str, Mapping[str, object]]
) -> tuple[Event, ...]:
    assert found.plan is not None, "a change that runs was planned"
    following = found.plan.following(call)
    if following is None:
        return (ActionFinished(change=found.number), *look_again(state, runbook, found))
    return (_start(found, following, state.run, answers),)


def _start(
    found: Change, call: ApiCall, run: str, answers: Mapping[str, Mapping[str, object]] | None = None
) -> CallStarted:
    # ACM takes at most 32 letters and digits, ECS 36 characters, Secrets Manager at least 32
    token = sha256(f"{run}-{found.number}-{call.id}".encode()).hexdigest()[:32]
    return CallStarted(
        change=found.number,
        call=call.id,
        service=call.service,
        operation=call.operation,
        parameters=filled(call.parameters, answers or {}, token),
        idempotency=token,
    )


def look_again(state: RunState, runbook: Runbook, found: Change) -> tuple[Event, ...]:
    """After a change the checks are asked anew; after the step's own, its wait begins. Not in a run that is over."""
    again = ask_again(state, runbook)
    step = runbook.step(state.current) if again and state.current is not None else None
    if step is not None and own(step, found) and step.wait is not None:
        return (WaitStarted(step=step.id, until=step.wait.until, timeout=step.wait.timeout), *again)
    return again


def ask_again(state: RunState, runbook: Runbook) -> tuple[Event, ...]:
    """Also after a change that failed: half of it may have been made."""
    if state.phase.over or state.current is None or not runbook.step(state.current).all_checks:
        return ()
    step = runbook.step(state.current)
    return (ChecksStarted(step=step.id, sweep=state.sweep + 1, checks=step.all_checks),)


def own(step: Step, found: Change) -> bool:
    """Whether it is the change that the step is there for."""
    return step.action is not None and found.action == step.action.use and found.undoes is None


def _withdrawn(state: RunState, why: str) -> tuple[ActionRefused, ...]:
    found = state.open_change
    return (ActionRefused(change=found.number, reason=why),) if found is not None else ()


def _busy(state: RunState) -> Refusal | None:
    found = state.open_change
    if found is None or not (found.stage.underway or found.stage is Stage.IN_DOUBT):
        return None
    if found.stage is Stage.IN_DOUBT:
        return Refusal(
            reason=f"change {found.number} is in doubt", remedy="look whether it was carried out, and say so"
        )
    return Refusal(reason=f"change {found.number} is under way", remedy="wait until it has ended")


def _next(state: RunState) -> int:
    return len(state.changes) + 1
