"""What to do now, in plain words, with the key that does it. Pure."""

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.core.change import Stage
from runbook_tui.core.leaving import in_the_way, lacking
from runbook_tui.core.progress import Usual
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.state import Phase, RunState, StepState, WaitPhase
from runbook_tui.core.temporary import MOST_TRIES, by_hand, due, given_up, standing
from runbook_tui.core.verdict import Status
from runbook_tui.tui.progress_rows import expected
from runbook_tui.tui.times import minutes


class Advice(Struct, frozen=True, kw_only=True):
    """``key`` is the one to press, empty when there is nothing to do but wait. ``more`` are the other ways."""

    text: str
    key: str = ""
    more: str = ""
    urgent: bool = False


def watching(holder: str) -> Advice:
    """For a screen that only watches."""
    return Advice(text=f"{holder} walks this run. You are watching.", key="h", more="h takes it over; q goes back.")


def advise(state: RunState, runbook: Runbook | None, waited: float = 0.0, usual: Usual | None = None) -> Advice:
    """``waited`` are the seconds since the wait of this step began, ``usual`` what it took before."""
    match state.phase:
        case Phase.PAUSED:
            return Advice(text="The run is paused. Go on at this step.", key="Enter", more=state.reason)
        case Phase.STOPPED:
            return Advice(text=f"Stopped: {state.reason}", key="Enter", more=f"{state.remedy}; then go on", urgent=True)
        case Phase.FINISHED:
            return Advice(text="The run is finished. Go back to the start.", key="Enter", more="E writes the report.")
        case Phase.ABORTED:
            return Advice(text=f"The run was aborted: {state.reason}", key="Enter", more="E writes the report.")
        case Phase.RUNNING:
            if runbook is None or state.current is None:
                return Advice(text="Reading the run …")
            critical = _critical(state)
            if critical is not None:
                return critical
            changing = _changing(state)
            if changing is not None:
                return changing
            return _with_its_end(state, _at_step(state, runbook.step(state.current), runbook, waited, usual))


def _with_its_end(state: RunState, advice: Advice) -> Advice:
    """While something is changed for a while: until when."""
    found = standing(state)
    if found is None:
        return advice
    until = f"Change {found.number} ends by itself at {due(found):%H:%M:%S} UTC; u ends it now."
    return replace(advice, more=f"{until} {advice.more}".strip())


def _critical(state: RunState) -> Advice | None:
    """What was changed for a while still stands, and nobody tries any more."""
    found = given_up(state)
    if found is None or (state.open_change is not None and state.open_change.stage.underway):
        return None
    text = f"CRITICAL: change {found.number} could not be taken back in {MOST_TRIES} tries."
    return Advice(text=text, key="u", more=f"u tries again. By hand: {by_hand(state, found)}", urgent=True)


def _changing(state: RunState) -> Advice | None:
    """What the open change wants, if anything."""
    change = state.open_change
    if change is None:
        return None
    match change.stage:
        case Stage.ASKED:
            return Advice(text="Reading what is there, to plan the change …")
        case Stage.WANTING:
            return Advice(text="The plan needs your answers.", key="a", more="a asks for them.")
        case Stage.IN_DOUBT:
            text = f"Was {change.running_call} carried out? Its answer was never heard."
            return Advice(text=text, key="a", more="r asks the checks again; a settles the doubt.", urgent=True)
        case Stage.PLANNED if change.plan is not None and change.plan.idle:
            return Advice(text="Nothing to change: everything already is so.", key="Enter", more="a shows the plan.")
        case Stage.PLANNED:
            return Advice(
                text="The change is planned. Look at it and confirm.", key="a", more="Nothing is changed yet."
            )
        case _:
            return Advice(text="The change is being made …", more="It goes on when this screen is closed.")


def _at_step(state: RunState, step: Step, runbook: Runbook, waited: float, usual: Usual | None) -> Advice:
    here = state.step
    if here.wait is WaitPhase.WAITING and step.wait is not None:
        limit = f"{minutes(waited)} of {minutes(step.wait.timeout)}"
        progress = " · ".join(filter(None, (limit, expected(usual))))
        return Advice(text=f"Waiting until the checks pass · {progress}", more=_repeat(step))
    if here.pending:
        total = max(len(step.all_checks), len(here.pending))
        done = total - len(here.pending)
        return Advice(text=f"Wait: {done} of {total} checks have answered.", more="s skips the step with a reason.")
    if step.action is not None and lacking(state, step):
        return _to_change(here, step)
    blocking = in_the_way(state, step)
    if blocking or here.wait is WaitPhase.TIMED_OUT:
        return _blocked(here, blocking, step, runbook)
    if step.ask is not None:
        return Advice(text=step.ask.question, key="Enter", more="Enter chooses the marked answer, or press its number.")
    if step.confirm is not None:
        return Advice(text=f"Confirm: {step.confirm}", key="Enter", more="Enter says that it is so.")
    return Advice(text=f"{_verdicts(here)}{_onward(runbook, step)}", key="Enter")


def _to_change(here: StepState, step: Step) -> Advice:
    held_up = [check for check in here.blocking if check in step.before]
    if held_up:
        more = "a plans it all the same, with a reason; r asks again; s skips the step."
        return Advice(text=f"Not passed before the change: {', '.join(held_up[:2])}.", key="r", more=more, urgent=True)
    return Advice(
        text="Plan the change.", key="Enter", more="You see it before it is made. s skips the step with a reason."
    )


def _repeat(step: Step) -> str:
    every = f"asked again every {step.wait.every:.0f} s; " if step.wait else ""
    return f"{every}r asks now, s skips the step with a reason."


def _blocked(here: StepState, blocking: tuple[str, ...], step: Step, runbook: Runbook) -> Advice:
    other = f"; o goes to “{runbook.step(step.otherwise).title}”" if step.otherwise is not None else ""
    if step.ask is not None:
        text = f"{_what_failed(here, blocking)} {step.ask.question}"
        return Advice(
            text=text, key="Enter", more=f"Enter chooses the marked answer; r asks again{other}.", urgent=True
        )
    text = f"{_what_failed(here, blocking)} Put it right, then ask again."
    more = f"f plans what puts the marked check right; Enter goes on with a reason{other}."
    return Advice(text=text, key="r", more=more, urgent=True)


def _what_failed(here: StepState, blocking: tuple[str, ...]) -> str:
    if not blocking:
        return "The wait timed out."
    failed = sum(here.verdicts[check].status is Status.FAIL for check in blocking)
    unknown = len(blocking) - failed
    parts = []
    if failed:
        parts.append(f"{failed} check{'s' if failed > 1 else ''} failed")
    if unknown:
        parts.append(f"{unknown} could not be decided")
    return f"{', '.join(parts)}."


def _verdicts(here: StepState) -> str:
    number = len(here.verdicts)
    if not number:
        return ""
    warned = sum(verdict.status is Status.WARN for verdict in here.verdicts.values())
    if warned:
        return f"Nothing failed; {warned} warning{'s' if warned > 1 else ''}. "
    return "The check passed. " if number == 1 else f"All {number} checks are fine. "


def _onward(runbook: Runbook, step: Step) -> str:
    following = runbook.following(step)
    if following is None:
        return "Finish the run."
    return f"Go on to {runbook.number(following)} · {runbook.step(following).title}."
