"""What an absent operator would do next: the answers file decides, and where it is silent the run waits."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from runbook_tui.core.change import Change, Stage
from runbook_tui.core.change_commands import ConfirmPlan, PlanAction, SettleDoubt
from runbook_tui.core.changing import own
from runbook_tui.core.commands import Answer, Command, Confirm, Proceed, Skip, TakeOtherwise
from runbook_tui.core.leaving import in_the_way, lacking
from runbook_tui.core.runbook import Ask, Runbook, Step
from runbook_tui.core.state import Phase, RunState, WaitPhase
from runbook_tui.core.temporary import owed, standing
from runbook_tui.core.verdict import Status

MOST_VISITS: Final = 10  # answers are fixed, so a run that comes by again and again would never end


class Consent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator agrees to beforehand: the inputs of a step's action, and what would be typed to confirm it.

    ``approval`` is what a second person's ``runbook-tui approve`` printed: whoever walks verifies it when the run needs
    one. ``break_glass`` is why nobody is waited for,
    ``reason`` why it goes on over a check that failed before.
    """

    inputs: Mapping[str, str] = {}
    typed: str = ""
    approval: str = ""
    break_glass: str = ""
    reason: str = ""


class Doubt(Enum):
    """What a look at AWS told about a call that nobody heard of."""

    HAPPENED = "happened"
    NOT_HAPPENED = "not"


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers file. ``answers`` maps a step to an option, ``reasons`` to what is said with it, ``confirm`` to a
    note about work done by hand, ``accept`` and ``skip`` to the reason why a failed step may be passed or left out,
    ``change`` to a consent, and ``settle`` to what became of a call that was in doubt when the run was taken up: never
    of one that comes into doubt later."""

    answers: Mapping[str, str] = {}
    confirm: Mapping[str, str] = {}
    change: Mapping[str, Consent] = {}
    settle: Mapping[str, Doubt] = {}
    reasons: Mapping[str, str] = {}
    accept: Mapping[str, str] = {}
    skip: Mapping[str, str] = {}


class Halt(Enum):
    """Why nobody can go on without a human."""

    NEEDS_ANSWER = "needs an answer"
    NEEDS_CONFIRMATION = "needs a confirmation"
    NEEDS_CONSENT = "needs your consent to a change"
    NEEDS_INPUT = "needs an input of a change"
    NEEDS_APPROVAL = "needs a second person's approval"
    NEEDS_SCREEN = "needs you at a screen: what the change makes is shown once; runbook-tui resume opens it there"
    NOT_CHANGED = "a change was not made"
    IN_DOUBT = "a change is in doubt"
    FAILED = "a check failed"
    UNDECIDED = "a check could not be decided"
    GOING_ROUND = "the answers lead round in a circle"


def next_move(state: RunState, runbook: Runbook, script: Script) -> Command | Halt | None:
    """The next command, a reason to stop, or None while checks or waits are under way."""
    if state.phase is not Phase.RUNNING or state.current is None:
        return None
    step = runbook.step(state.current)
    found = state.open_change
    if found is not None and found.stage is Stage.IN_DOUBT:
        return _about(found, state, script)
    if step.id in script.skip:
        return Skip(reason=script.skip[step.id])
    if state.step.pending or state.step.wait is WaitPhase.WAITING:
        return None
    if state.step.visits > MOST_VISITS:
        return Halt.GOING_ROUND
    if step.restores and standing(state) is not None:
        return None if owed(state) else Halt.NOT_CHANGED
    if lacking(state, step):
        return _to_change(state, step, script.change.get(step.id))
    if step.ask is not None:
        option = script.answers.get(step.id)
        return _answered(step.ask, option, script.reasons.get(step.id, ""))
    return _past_the_checks(state, step, script)


def _about(doubt: Change, state: RunState, script: Script) -> SettleDoubt | Halt:
    settled = script.settle.get(doubt.step)
    started_at = doubt.calls[doubt.running_call].started_at if doubt.running_call else None
    known = started_at is not None and state.resumed_at is not None and started_at < state.resumed_at
    return Halt.IN_DOUBT if settled is None or not known else SettleDoubt(happened=settled is Doubt.HAPPENED)


def _answered(ask: Ask, option: str | None, reason: str) -> Command | Halt:
    if option is None or (option in ask.options and ask.options[option].why and not reason.strip()):
        return Halt.NEEDS_ANSWER
    return Answer(option=option, reason=reason)


def _to_change(state: RunState, step: Step, consent: Consent | None) -> Command | Halt | None:
    if consent is None:
        return Halt.NEEDS_CONSENT
    change = next(
        (one for one in reversed(list(state.changes.values())) if one.step == step.id and own(step, one)), None
    )
    if change is None or _settled_before(state, change):
        return PlanAction(inputs=consent.inputs, reason=consent.reason)
    match change.stage:
        case Stage.WANTING:
            return Halt.NEEDS_INPUT
        case Stage.PLANNED if change.plan is not None and change.plan.shows:
            return Halt.NEEDS_SCREEN
        case Stage.PLANNED if change.confirmation.approver and not (change.approver or consent.break_glass):
            return Halt.NEEDS_APPROVAL
        case Stage.PLANNED:
            return ConfirmPlan(digest=change.digest, typed=consent.typed, break_glass=consent.break_glass)
        case Stage.REFUSED | Stage.FAILED | Stage.UNDONE:
            return Halt.NOT_CHANGED
        case _:
            return None


def _settled_before(state: RunState, change: Change) -> bool:
    """It belongs to an earlier visit of the step; or it was not made, and the run was taken up again since, with
    answers that say so anew. What was taken back is not made again by itself."""
    entered, resumed = state.step.entered_at, state.resumed_at
    if entered is not None and change.asked_at < entered:
        return True
    again = change.stage in (Stage.WANTING, Stage.REFUSED, Stage.FAILED)
    return again and resumed is not None and change.asked_at < resumed


def _past_the_checks(state: RunState, step: Step, script: Script) -> Command | Halt:
    reason = script.accept.get(step.id, "")
    seen, blocking = state.step, in_the_way(state, step)
    if (blocking or seen.wait is WaitPhase.TIMED_OUT) and not reason:
        if step.otherwise is not None:
            return TakeOtherwise()
        failed = any(seen.verdicts[check].status is Status.FAIL for check in blocking)
        return Halt.FAILED if failed else Halt.UNDECIDED
    if step.confirm is not None:
        note = script.confirm.get(step.id)
        return Halt.NEEDS_CONFIRMATION if note is None else Confirm(note=note, reason=reason)
    return Proceed(reason=reason)
