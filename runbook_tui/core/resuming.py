"""How a run is taken up again after a pause or the end of its program. Pure; a part of ``decide``."""

from collections.abc import Mapping

from runbook_tui.core.change import CallStage, Stage
from runbook_tui.core.change_events import ActionFailed, ActionFinished, ActionInterrupted, ActionRefused
from runbook_tui.core.changing import PLAN_AGAIN, ask_again, look_again, own
from runbook_tui.core.commands import Continue
from runbook_tui.core.events import ChecksStarted, Event, RunResumed, WaitStarted
from runbook_tui.core.leaving import after, enter
from runbook_tui.core.refusal import Decision
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import RunState, WaitPhase
from runbook_tui.core.verdict import Severity


def taken_up(state: RunState, runbook: Runbook, severities: Mapping[str, Severity], command: Continue) -> Decision:
    """Where the run stood, with what became of a change that was open when the program ended."""
    resumed = RunResumed(
        operator=command.operator or state.operator,
        tool_version=command.tool_version,
        runbook_changed=command.runbook_changed,
        set_aside=command.set_aside,
    )
    cut = _interrupted(state, runbook) if command.afresh else ()
    asked = any(isinstance(event, ChecksStarted) for event in cut)
    return (resumed, *cut) if asked else (resumed, *cut, *_where_it_stood(state, runbook, severities))


def cut_off(state: RunState, runbook: Runbook) -> tuple[Event, ...]:
    """What becomes of an undo that was open when the program ended, in a run that is over: it does not go on by
    itself. What AWS was still busy with is found by the next undo."""
    found = state.open_change
    unused = found is not None and found.stage is Stage.RUNNING and not _interrupted(state, runbook)
    if found is not None and unused:
        reason = "the program ended before what it did was usable"
        return (ActionFailed(change=found.number, reason=reason, remedy=PLAN_AGAIN),)
    return _interrupted(state, runbook)


def _where_it_stood(state: RunState, runbook: Runbook, severities: Mapping[str, Severity]) -> tuple[Event, ...]:
    """Where the run stood: what was not decided or asked then is decided or asked now."""
    if state.current is None:  # killed between RunStarted and the first StepEntered
        return enter(runbook.steps[0], sweep=1)
    if state.step.outcome is not None:  # killed between StepLeft and what follows it
        return after(state, runbook, severities, state.step.left_to)
    step = runbook.step(state.current)
    missing = tuple(check for check in step.all_checks if _unasked(state, step, check))
    unanswered = tuple(dict.fromkeys((*state.step.pending, *missing)))
    again: tuple[Event, ...] = ()
    unstarted = state.step.wait is WaitPhase.NONE and (step.action is None or state.acted(step.id, step.action.use))
    if state.step.wait is WaitPhase.WAITING:
        unanswered = step.all_checks  # what is waited for went on meanwhile: its time runs on, too
    if step.wait is not None and unstarted:
        again = (WaitStarted(step=step.id, until=step.wait.until, timeout=step.wait.timeout),)
    return (
        again
        if not unanswered
        else (
            *again,
            ChecksStarted(step=step.id, sweep=state.sweep + 1, checks=unanswered),
        )
    )


def _unasked(state: RunState, step: Step, check: str) -> bool:
    """It never answered, or not since the step's change."""
    answered = state.step.checked_at.get(check)
    changes = state.changes.values()
    made = [one.asked_at for one in changes if one.step == step.id and own(step, one) and one.stage is Stage.DONE]
    return answered is None or any(answered < at for at in made)


def _interrupted(state: RunState, runbook: Runbook) -> tuple[Event, ...]:
    """What becomes of a change that was open when the program ended."""
    found = state.open_change
    if found is None or found.stage in (Stage.PLANNED, Stage.WANTING, Stage.IN_DOUBT):
        return ()
    if found.stage is not Stage.RUNNING:
        return (
            ActionRefused(change=found.number, reason="the program ended before its first call", remedy=PLAN_AGAIN),
        )
    call = found.running_call
    if found.temporary and (call is None or found.calls[call].stage is not CallStage.STARTED):
        return (ActionFailed(change=found.number, reason="the program ended while it was made", remedy=PLAN_AGAIN),)
    if call is None and found.complete:  # the line about its end was torn
        return (ActionFinished(change=found.number), *look_again(state, runbook, found))
    if call is None:
        failed = ActionFailed(change=found.number, reason="the program ended between two calls", remedy=PLAN_AGAIN)
        return (failed, *ask_again(state, runbook))
    if found.calls[call].stage is CallStage.STARTED:
        return (ActionInterrupted(change=found.number, call=call),)
    return ()  # AWS did it; the runner goes on waiting until it is usable
