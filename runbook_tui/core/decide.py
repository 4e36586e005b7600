"""What a command does to a run: events, or a refusal that says what to do instead. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from runbook_tui.core.attestation import LONGEST_DAYS, LONGEST_STATEMENT
from runbook_tui.core.change_commands import (
    ChangeCommand,
    ChangeReport,
    ConfirmPlan,
    Restore,
    SettleDoubt,
    Undo,
    Withdraw,
)
from runbook_tui.core.changing import change
from runbook_tui.core.commands import (
    Abort,
    AddNote,
    Answer,
    Attest,
    Command,
    Confirm,
    Continue,
    HandOver,
    Pause,
    Proceed,
    Recheck,
    Repeat,
    ReportProgress,
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
    Event,
    NoteAdded,
    Outcome,
    RunAborted,
    RunFinished,
    RunPaused,
    RunStopped,
    WaitEnded,
    WaitSeen,
    WatchChanged,
)
from runbook_tui.core.handing import hand_over
from runbook_tui.core.leaving import answer, confirm, enter, go, leave, otherwise, unsettled
from runbook_tui.core.refusal import Decision, Refusal
from runbook_tui.core.resuming import cut_off, taken_up
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import Phase, RunState, StepState, WaitPhase
from runbook_tui.core.temporary import refused_to_end, restore
from runbook_tui.core.verdict import Severity

LONGEST_WATCH = 3600.0  # seconds
LONGEST_NOTE = 2000  # a note or a reason is a sentence, not a file


def begin(runbook: Runbook) -> tuple[Event, ...]:
    """What follows ``RunStarted``: the first step."""
    return enter(runbook.steps[0], sweep=1)


def decide(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Command) -> Decision:
    """Events in order, an empty tuple when the command came too late to matter, or a refusal.

    ``severities`` gives the weight of each check for the final roll-up; a check without one counts as high.
    """
    if state.phase.over:
        return _after_the_end(state, runbook, command)
    decided = _decide(state, runbook, severities, command)
    ends = not isinstance(decided, Refusal) and any(isinstance(one, RunFinished | RunAborted) for one in decided)
    return (refused_to_end(state) or decided) if ends else decided


def _decide(  # noqa: C901 - one flat match over a closed set of commands
    state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Command
) -> Decision:
    match command:
        case AddNote():
            return _note(state, command.text)
        case Abort():
            return _abort(state, command)
        case Continue():
            return taken_up(state, runbook, severities, command)
        case Pause():
            return _pause(state, command)
        case HandOver():
            return hand_over(state, command)
        case ReportVerdict():
            return _verdict(state, runbook, command)
        case ReportStop():
            return _stop(state, command)
        case Restore():
            return restore(state, command)  # whatever the run's phase is
        case ReportProgress():
            return _seen(state, command)
        case _ if isinstance(command, ChangeReport):
            return change(state, runbook, command)  # what AWS has done is heard whatever the run's phase is
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
            return leave(state, runbook, severities, command.reason)
        case Confirm():
            return confirm(state, runbook, severities, command)
        case Answer():
            return answer(state, runbook, severities, command)
        case TakeOtherwise():
            return otherwise(state, runbook, severities)
        case Skip():
            if not command.reason.strip():
                return Refusal(reason="a skipped step needs a reason", remedy="say why it does not matter now")
            return unsettled(state) or go(
                state, runbook, severities, Outcome.SKIPPED, command.reason, runbook.following(step)
            )
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
        case _ if isinstance(command, ChangeCommand):
            return change(state, runbook, command)
        case (
            AddNote()
            | Abort()
            | Continue()
            | Pause()
            | HandOver()
            | ReportVerdict()
            | ReportStop()
            | ReportProgress()
            | Restore()
        ):
            raise AssertionError(f"{type(command).__name__} was decided before")
        case _:
            assert_never(command)


def _after_the_end(state: RunState, runbook: Runbook, command: Command) -> Decision:
    """What was changed can still be taken back, and noted."""
    found = state.open_change
    undoing = found is not None and found.undoes is not None
    match command:
        case AddNote():
            return _note(state, command.text)
        case Continue() if command.afresh:  # whoever takes it back finds how it was left
            return cut_off(state, runbook)
        case Undo() | SettleDoubt():
            return change(state, runbook, command)
        case ConfirmPlan() | Withdraw() if undoing:
            return change(state, runbook, command)
        case ReportVerdict() | ReportStop() | ReportTimeout() | ReportProgress() | Repeat() | Restore():
            return ()
        case _ if isinstance(command, ChangeReport):
            return change(state, runbook, command) if undoing else ()
        case _:
            return Refusal(reason=f"the run is {state.phase.value}", remedy="start a new run")


def _note(state: RunState, text: str) -> Decision:
    if not text.strip():
        return Refusal(reason="an empty note says nothing", remedy="type the note")
    return (NoteAdded(text=text.strip()[:LONGEST_NOTE], step=state.current),)


def _abort(state: RunState, command: Abort) -> Decision:
    found = state.open_change
    if found is not None and found.stage.underway:
        return Refusal(reason=f"change {found.number} is under way", remedy="wait until it has ended")
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


def _seen(state: RunState, command: ReportProgress) -> Decision:
    """Once a wait: what comes after the next one has begun is not of this one."""
    step = state.steps.get(command.step, StepState())
    if step.wait not in (WaitPhase.MET, WaitPhase.TIMED_OUT) or not command.readings:
        return ()
    return (WaitSeen(step=command.step, readings=tuple(one.compact for one in command.readings)),)


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
