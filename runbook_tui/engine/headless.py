"""What an absent operator would do next: the answers file decides, and where it is silent the run waits."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from runbook_tui.core.change import Stage
from runbook_tui.core.change_commands import ConfirmPlan, PlanAction
from runbook_tui.core.commands import Answer, Command, Confirm, Proceed, Skip, TakeOtherwise
from runbook_tui.core.leaving import in_the_way, lacking
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import Phase, RunState, WaitPhase
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


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers file. ``answers`` maps a step to an option, ``confirm`` to a note about work done by hand,
    ``accept`` and ``skip`` to the reason why a failed step may be passed or left out, ``change`` to a consent."""

    answers: Mapping[str, str] = {}
    confirm: Mapping[str, str] = {}
    change: Mapping[str, Consent] = {}
    accept: Mapping[str, str] = {}
    skip: Mapping[str, str] = {}


class Halt(Enum):
    """Why nobody can go on without a human."""

    NEEDS_ANSWER = "needs an answer"
    NEEDS_CONFIRMATION = "needs a confirmation"
    NEEDS_CONSENT = "needs your consent to a change"
    NEEDS_INPUT = "needs an input of a change"
    NEEDS_APPROVAL = "needs a second person's approval"
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
    if step.id in script.skip:
        return Skip(reason=script.skip[step.id])
    if state.step.pending or state.step.wait is WaitPhase.WAITING:
        return None
    if state.step.visits > MOST_VISITS:
        return Halt.GOING_ROUND
    if lacking(state, step):
        return _to_change(state, step, script.change.get(step.id))
    if step.ask is not None:
        option = script.answers.get(step.id)
        return Halt.NEEDS_ANSWER if option is None else Answer(option=option)
    return _past_the_checks(state, step, script)


def _to_change(state: RunState, step: Step, consent: Consent | None) -> Command | Halt | None:
    if consent is None:
        return Halt.NEEDS_CONSENT
    change = next((one for one in reversed(list(state.changes.values())) if one.step == step.id), None)
    if change is None or (state.step.entered_at is not None and change.asked_at < state.step.entered_at):
        return PlanAction(inputs=consent.inputs, reason=consent.reason)
    match change.stage:
        case Stage.WANTING:
            return Halt.NEEDS_INPUT
        case Stage.PLANNED if change.confirmation.approver and not (change.approver or consent.break_glass):
            return Halt.NEEDS_APPROVAL
        case Stage.PLANNED:
            return ConfirmPlan(digest=change.digest, typed=consent.typed, break_glass=consent.break_glass)
        case Stage.IN_DOUBT:
            return Halt.IN_DOUBT
        case Stage.REFUSED | Stage.FAILED | Stage.UNDONE:
            return Halt.NOT_CHANGED
        case _:
            return None


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
