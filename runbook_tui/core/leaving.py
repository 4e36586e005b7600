"""How a step is left and the next one entered, and how a run ends. Pure; a part of ``decide``."""

from collections import Counter
from collections.abc import Mapping

from runbook_tui.core.change import Stage
from runbook_tui.core.change_events import ActionRefused
from runbook_tui.core.commands import (
    Answer,
    Confirm,
)
from runbook_tui.core.events import (
    ChecksStarted,
    DecisionMade,
    Event,
    Outcome,
    RunFinished,
    StepEntered,
    StepLeft,
    WaitStarted,
    WorkConfirmed,
)
from runbook_tui.core.refusal import Decision, Refusal
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import RunState, StepState, WaitPhase
from runbook_tui.core.temporary import owed
from runbook_tui.core.verdict import Severity, Status, roll_up


def unready(step: StepState) -> Refusal | None:
    if step.wait is WaitPhase.WAITING and not step.pending:
        return Refusal(reason="the wait is not over", remedy="wait, or skip the step with a reason")
    return _unanswered(step)


def _unanswered(step: StepState) -> Refusal | None:
    if not step.pending:
        return None
    number = len(step.pending)
    return Refusal(
        reason=f"{number} check{'s are' if number > 1 else ' is'} still running",
        remedy="wait for the verdicts, or skip the step with a reason",
    )


def unsettled(state: RunState) -> Refusal | None:
    """A step cannot be left while nobody knows what its change does."""
    found = state.open_change
    if found is None or not (found.stage.underway or found.stage is Stage.IN_DOUBT):
        return None
    return Refusal(
        reason=f"change {found.number} is {found.stage.value}", remedy="wait until it has ended, or settle the doubt"
    )


def leave(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], reason: str) -> Decision:
    step = runbook.step(state.current or "")
    refusal = unready(state.step) or unsettled(state)
    if refusal is not None:
        return refusal
    if step.restores and owed(state):
        return Refusal(reason="what was changed for a while only still stands", remedy="wait until it is taken back")
    if lacking(state, step):
        return Refusal(reason="the change of this step was not made", remedy="plan it, or skip the step with a reason")
    blocking = in_the_way(state, step)
    timed_out = state.step.wait is WaitPhase.TIMED_OUT
    if (blocking or timed_out) and not reason.strip():
        failed = ", ".join(blocking[:3]) + (" …" if len(blocking) > 3 else "")
        way = f", or take the branch to {step.otherwise}" if step.otherwise else ""
        return Refusal(
            reason=f"not passed: {failed}" if blocking else "the wait timed out",
            remedy=f"put it right and re-check, go on with a reason{way}",
        )
    outcome = Outcome.ACCEPTED if blocking or timed_out else Outcome.DONE
    return go(state, runbook, severities, outcome, reason.strip(), runbook.following(step))


def in_the_way(state: RunState, step: Step) -> tuple[str, ...]:
    """Checks that need a reason to go on. What only held up the action says nothing any more once it was done."""
    past = step.action is not None and state.acted(step.id, step.action.use)
    done_with = set(step.before) - {*step.checks, *step.after} if past else set()
    return tuple(check for check in state.step.blocking if check not in done_with)


def lacking(state: RunState, step: Step) -> bool:
    """Whether the step's action is still to be made: it was not, and what it is there for is not so without it."""
    if step.action is None or state.acted(step.id, step.action.use):
        return False
    found, seen, unless = state.open_change, state.step.verdicts, step.action.unless
    idle = found is not None and found.plan is not None and found.plan.idle
    return not idle and not (unless and all(check in seen and seen[check].settles for check in unless))


def confirm(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Confirm) -> Decision:
    step = runbook.step(state.current or "")
    if step.confirm is None:
        return Refusal(reason="this step has nothing to confirm", remedy="go on")
    left = leave(state, runbook, severities, command.reason)
    if isinstance(left, Refusal):
        return left
    return (WorkConfirmed(step=step.id, statement=step.confirm, note=command.note.strip()), *left)


def answer(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Answer) -> Decision:
    step = runbook.step(state.current or "")
    if step.ask is None:
        return Refusal(reason="this step asks nothing", remedy="go on")
    option = step.ask.options.get(command.option)
    if option is None:
        return Refusal(
            reason=f"{command.option} is not an answer here", remedy=f"one of: {', '.join(step.ask.options)}"
        )
    refusal = unready(state.step) or unsettled(state)
    if refusal is not None:
        return refusal
    reason = command.reason.strip()
    if option.why and not reason:
        return Refusal(reason=f"“{option.label}” needs a word with it", remedy=option.why)
    made = DecisionMade(
        step=step.id, question=step.ask.question, option=command.option, label=option.label, reason=reason
    )
    target = option.go if option.go is not None else runbook.following(step)
    left = go(state, runbook, severities, Outcome.DONE, option.label, target)
    return (made, *left)


def otherwise(state: RunState, runbook: Runbook, severities: Mapping[str, Severity]) -> Decision:
    step = runbook.step(state.current or "")
    if step.otherwise is None:
        return Refusal(reason="this step has no branch for a failure", remedy="go on with a reason, or abort")
    # A wait need not be sat out to its end when something has failed already.
    refusal = _unanswered(state.step) or unsettled(state)
    if refusal is not None:
        return refusal
    blocking = in_the_way(state, step)
    if not blocking and state.step.wait is not WaitPhase.TIMED_OUT:
        return Refusal(reason="nothing failed here", remedy="go on to the next step")
    reason = f"not passed: {', '.join(blocking)}"
    return go(state, runbook, severities, Outcome.BRANCHED, reason, step.otherwise)


def go(
    state: RunState,
    runbook: Runbook,
    severities: Mapping[str, Severity],
    outcome: Outcome,
    reason: str,
    target: str | None,
) -> tuple[Event, ...]:
    assert state.current is not None, "only a current step can be left"
    left = StepLeft(step=state.current, outcome=outcome, reason=reason, next=target)
    skipped = outcome is Outcome.SKIPPED and bool(runbook.step(state.current).all_checks)
    return (*_put_aside(state), left, *after(state, runbook, severities, target, skipped=skipped))


def _put_aside(state: RunState) -> tuple[Event, ...]:
    found = state.open_change
    return (ActionRefused(change=found.number, reason="the step was left"),) if found is not None else ()


def after(
    state: RunState,
    runbook: Runbook,
    severities: Mapping[str, Severity],
    target: str | None,
    *,
    skipped: bool = False,
) -> tuple[Event, ...]:
    if target is not None:
        return enter(runbook.step(target), sweep=state.sweep + 1)
    latest = state.latest()
    answers = [
        (verdict.counts_as or severities.get(check, Severity.HIGH), verdict.counted)
        for check, verdict in latest.items()
    ]
    counts = Counter(verdict.status.value for verdict in latest.values())
    if skipped or any(_left_unchecked(runbook, name, step) for name, step in state.steps.items()):
        answers.append((Severity.HIGH, Status.UNKNOWN))  # a step that nobody looked at is not a pass
    every_status = {status.value: counts[status.value] for status in Status}
    return (RunFinished(verdict=roll_up(answers), counts=every_status),)


def _left_unchecked(runbook: Runbook, name: str, step: StepState) -> bool:
    return step.outcome is Outcome.SKIPPED and bool(runbook.step(name).all_checks)


def enter(step: Step, *, sweep: int) -> tuple[Event, ...]:
    events: list[Event] = [StepEntered(step=step.id)]
    if step.wait is not None and step.action is None:
        events.append(WaitStarted(step=step.id, until=step.wait.until, timeout=step.wait.timeout))
    if step.all_checks:
        events.append(ChecksStarted(step=step.id, sweep=sweep, checks=step.all_checks))
    return tuple(events)
