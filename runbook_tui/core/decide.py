"""What a command does to a run: events, or a refusal that says what to do instead. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from msgspec import Struct

from runbook_tui.core.attestation import LONGEST_DAYS, LONGEST_STATEMENT
from runbook_tui.core.commands import (
    Abort,
    AddNote,
    Answer,
    Attest,
    Command,
    Confirm,
    Continue,
    Pause,
    Proceed,
    Recheck,
    Repeat,
    ReportStop,
    ReportTimeout,
    ReportVerdict,
    Skip,
    TakeOtherwise,
    Watch,
)
from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    ChecksStarted,
    DecisionMade,
    Event,
    NoteAdded,
    Outcome,
    RunAborted,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStopped,
    StepEntered,
    StepLeft,
    WaitEnded,
    WaitStarted,
    WatchChanged,
    WorkConfirmed,
)
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import Phase, RunState, StepState, WaitPhase
from runbook_tui.core.verdict import Severity, Status, roll_up

LONGEST_WATCH = 3600.0  # seconds
LONGEST_NOTE = 2000  # a note or a reason is a sentence, not a file


class Refusal(Struct, frozen=True, kw_only=True):
    reason: str
    remedy: str = ""


Decision = tuple[Event, ...] | Refusal


def begin(runbook: Runbook) -> tuple[Event, ...]:
    """What follows ``RunStarted``: the first step."""
    return _enter(runbook.steps[0], sweep=1)


def decide(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Command) -> Decision:
    """Events in order, an empty tuple when the command came too late to matter, or a refusal.

    ``severities`` gives the weight of each check for the final roll-up; a check without one counts as high.
    """
    if state.phase.over:
        return _after_the_end(state, command)
    match command:
        case AddNote():
            return _note(state, command.text)
        case Abort():
            return _abort(command)
        case Continue():
            return _continue(state, runbook, severities, command)
        case Pause():
            return _pause(state, command)
        case ReportVerdict():
            return _verdict(state, runbook, command)
        case ReportStop():
            return _stop(state, command)
        case _ if state.phase is not Phase.RUNNING:
            if isinstance(command, ReportTimeout | Repeat):
                return ()
            return Refusal(reason=f"the run is {state.phase.value}", remedy="continue it first")
        case _:
            return _at_step(state, runbook, severities, command)


def _at_step(  # noqa: C901 - one flat match over a closed set of commands
    state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Command
) -> Decision:
    assert state.current is not None, "a run that is not over stands at a step"
    step = runbook.step(state.current)
    match command:
        case Proceed():
            if step.ask is not None:
                return Refusal(reason=f"this step asks: {step.ask.question}", remedy="choose an answer")
            if step.confirm is not None:
                return Refusal(reason="this step needs your confirmation", remedy=f"confirm: {step.confirm}")
            return _leave(state, runbook, severities, command.reason)
        case Confirm():
            return _confirm(state, runbook, severities, command)
        case Answer():
            return _answer(state, runbook, severities, command)
        case TakeOtherwise():
            return _otherwise(state, runbook, severities)
        case Skip():
            if not command.reason.strip():
                return Refusal(reason="a skipped step needs a reason", remedy="say why it does not matter now")
            return _go(state, runbook, severities, Outcome.SKIPPED, command.reason, runbook.following(step))
        case Recheck():
            return _recheck(state, step, command.check)
        case Repeat():
            waiting = state.step.wait is WaitPhase.WAITING
            return _sweep(state, step.id, step.all_checks) if waiting or state.watch_every else ()
        case Watch():
            return _watch(state, step, command.every)
        case Attest():
            return _attest(state, step, command)
        case ReportTimeout():
            waiting = state.step.wait is WaitPhase.WAITING and command.step == step.id
            return (WaitEnded(step=step.id, met=False, reason="time is up"),) if waiting else ()
        case AddNote() | Abort() | Continue() | Pause() | ReportVerdict() | ReportStop():
            raise AssertionError(f"{type(command).__name__} was decided before")
        case _:
            assert_never(command)


def _after_the_end(state: RunState, command: Command) -> Decision:
    match command:
        case AddNote():
            return _note(state, command.text)
        case ReportVerdict() | ReportStop() | ReportTimeout() | Repeat():
            return ()
        case _:
            return Refusal(reason=f"the run is {state.phase.value}", remedy="start a new run")


def _note(state: RunState, text: str) -> Decision:
    if not text.strip():
        return Refusal(reason="an empty note says nothing", remedy="type the note")
    return (NoteAdded(text=text.strip()[:LONGEST_NOTE], step=state.current),)


def _abort(command: Abort) -> Decision:
    if not command.reason.strip():
        return Refusal(reason="aborting needs a reason", remedy="say why the run ends here")
    return (RunAborted(reason=command.reason.strip()),)


def _pause(state: RunState, command: Pause) -> Decision:
    if state.phase is not Phase.RUNNING:
        return Refusal(reason=f"the run is {state.phase.value}", remedy="continue it first")
    return (RunPaused(reason=command.reason.strip()),)


def _stop(state: RunState, command: ReportStop) -> Decision:
    if state.phase is Phase.STOPPED:
        return ()
    return (RunStopped(reason=command.reason, remedy=command.remedy),)


def _continue(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Continue) -> Decision:
    resumed = RunResumed(
        operator=command.operator or state.operator,
        tool_version=command.tool_version,
        runbook_changed=command.runbook_changed,
        set_aside=command.set_aside,
    )
    if state.current is None:  # killed between RunStarted and the first StepEntered
        return (resumed, *begin(runbook))
    if state.step.outcome is not None:  # killed between StepLeft and what follows it
        return (resumed, *_after(state, runbook, severities, state.step.left_to))
    step = runbook.step(state.current)
    missing = tuple(check for check in step.all_checks if check not in state.step.verdicts)
    unanswered = tuple(dict.fromkeys((*state.step.pending, *missing)))
    again: tuple[Event, ...] = (resumed,)
    if step.wait is not None and state.step.wait in (WaitPhase.NONE, WaitPhase.WAITING):
        again = (resumed, WaitStarted(step=step.id, until=step.wait.until, timeout=step.wait.timeout))
    return (*again, *_sweep(state, step.id, unanswered, over_pending=True)) if unanswered else again


def _verdict(state: RunState, runbook: Runbook, command: ReportVerdict) -> Decision:
    step = state.step
    if state.current is None or command.sweep != step.sweep or command.check not in step.pending:
        return ()  # the step was left, or asked again, while this check was still under way
    finished = CheckFinished(
        step=state.current,
        sweep=command.sweep,
        check=command.check,
        verdict=command.verdict,
        duration_ms=command.duration_ms,
    )
    wait = runbook.step(state.current).wait
    verdicts = {**step.verdicts, command.check: command.verdict}
    open_wait = step.wait in (WaitPhase.WAITING, WaitPhase.TIMED_OUT)
    if wait is None or not open_wait or len(step.pending) > 1:
        return (finished,)
    if all(check in verdicts and verdicts[check].settles for check in wait.until):
        return (finished, WaitEnded(step=state.current, met=True))
    return (finished,)


def _unready(step: StepState) -> Refusal | None:
    if step.pending:
        number = len(step.pending)
        return Refusal(
            reason=f"{number} check{'s are' if number > 1 else ' is'} still running",
            remedy="wait for the verdicts, or skip the step with a reason",
        )
    if step.wait is WaitPhase.WAITING:
        return Refusal(reason="the wait is not over", remedy="wait, or skip the step with a reason")
    return None


def _leave(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], reason: str) -> Decision:
    step = runbook.step(state.current or "")
    refusal = _unready(state.step)
    if refusal is not None:
        return refusal
    blocking = state.step.blocking
    timed_out = state.step.wait is WaitPhase.TIMED_OUT
    if (blocking or timed_out) and not reason.strip():
        failed = ", ".join(blocking[:3]) + (" …" if len(blocking) > 3 else "")
        way = f", or take the branch to {step.otherwise}" if step.otherwise else ""
        return Refusal(
            reason=f"not passed: {failed}" if blocking else "the wait timed out",
            remedy=f"put it right and re-check, go on with a reason{way}",
        )
    outcome = Outcome.ACCEPTED if blocking or timed_out else Outcome.DONE
    return _go(state, runbook, severities, outcome, reason.strip(), runbook.following(step))


def _confirm(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Confirm) -> Decision:
    step = runbook.step(state.current or "")
    if step.confirm is None:
        return Refusal(reason="this step has nothing to confirm", remedy="go on")
    left = _leave(state, runbook, severities, command.reason)
    if isinstance(left, Refusal):
        return left
    return (WorkConfirmed(step=step.id, statement=step.confirm, note=command.note.strip()), *left)


def _answer(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Answer) -> Decision:
    step = runbook.step(state.current or "")
    if step.ask is None:
        return Refusal(reason="this step asks nothing", remedy="go on")
    option = step.ask.options.get(command.option)
    if option is None:
        return Refusal(
            reason=f"{command.option} is not an answer here", remedy=f"one of: {', '.join(step.ask.options)}"
        )
    refusal = _unready(state.step)
    if refusal is not None:
        return refusal
    made = DecisionMade(step=step.id, question=step.ask.question, option=command.option, label=option.label)
    target = option.go if option.go is not None else runbook.following(step)
    left = _go(state, runbook, severities, Outcome.DONE, option.label, target)
    return (made, *left)


def _otherwise(state: RunState, runbook: Runbook, severities: Mapping[str, Severity]) -> Decision:
    step = runbook.step(state.current or "")
    if step.otherwise is None:
        return Refusal(reason="this step has no branch for a failure", remedy="go on with a reason, or abort")
    refusal = _unready(state.step)
    if refusal is not None:
        return refusal
    if not state.step.blocking and state.step.wait is not WaitPhase.TIMED_OUT:
        return Refusal(reason="nothing failed here", remedy="go on to the next step")
    reason = f"not passed: {', '.join(state.step.blocking)}"
    return _go(state, runbook, severities, Outcome.BRANCHED, reason, step.otherwise)


def _recheck(state: RunState, step: Step, check: str | None) -> Decision:
    if check is not None and check not in step.all_checks:
        return Refusal(reason=f"{check} is not a check of this step", remedy="choose one of its checks")
    if not step.all_checks:
        return Refusal(reason="this step has no checks", remedy="go on")
    wanted = step.all_checks if check is None else (check,)
    return _sweep(state, step.id, tuple(dict.fromkeys((*wanted, *state.step.pending))), over_pending=True)


def _watch(state: RunState, step: Step, every: float) -> Decision:
    if not 0 <= every <= LONGEST_WATCH:
        return Refusal(reason=f"every {every:g} s is no interval", remedy="choose 1 s to 1 h, or 0 to stop")
    if every and not step.all_checks:
        return Refusal(reason="this step has no checks to watch", remedy="go on")
    if every == state.watch_every:
        return ()
    return (WatchChanged(step=step.id, every=every),)


def _attest(state: RunState, step: Step, command: Attest) -> Decision:
    """Measured by the time of the last entry: there is no clock here, and the verdict looks at it again."""
    if command.check not in step.all_checks:
        return Refusal(reason=f"{command.check} is not a check of this step", remedy="choose one of its checks")
    text = command.text.strip()
    if not text:
        return Refusal(reason="an empty statement says nothing", remedy="say what you have seen, and where")
    assert state.last_at is not None, "a run at a step has entries"
    today = state.last_at.date()
    if not today <= command.expires <= today + timedelta(days=LONGEST_DAYS):
        return Refusal(
            reason=f"a statement of {today} cannot hold until {command.expires}",
            remedy=f"choose a day within {LONGEST_DAYS} days",
        )
    attested = Attested(
        check=command.check,
        environment=state.environment,
        account=state.account,
        text=text[:LONGEST_STATEMENT],
        expires=command.expires,
    )
    again = _recheck(state, step, command.check)
    assert not isinstance(again, Refusal), "a check of the step can be asked again"
    return (attested, *again)


def _sweep(state: RunState, step: str, checks: tuple[str, ...], *, over_pending: bool = False) -> tuple[Event, ...]:
    if state.step.pending and not over_pending:
        return ()  # the last sweep is still under way: one more would only queue behind it
    return (ChecksStarted(step=step, sweep=state.sweep + 1, checks=checks),)


def _go(
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
    return (left, *_after(state, runbook, severities, target, skipped=skipped))


def _after(
    state: RunState,
    runbook: Runbook,
    severities: Mapping[str, Severity],
    target: str | None,
    *,
    skipped: bool = False,
) -> tuple[Event, ...]:
    if target is not None:
        return _enter(runbook.step(target), sweep=state.sweep + 1)
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


def _enter(step: Step, *, sweep: int) -> tuple[Event, ...]:
    events: list[Event] = [StepEntered(step=step.id)]
    if step.wait is not None:
        events.append(WaitStarted(step=step.id, until=step.wait.until, timeout=step.wait.timeout))
    if step.all_checks:
        events.append(ChecksStarted(step=step.id, sweep=sweep, checks=step.all_checks))
    return tuple(events)
