"""The state of a run is a fold over its journal: ``evolve`` is the only function that changes it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    ChecksStarted,
    DecisionMade,
    Entry,
    NoteAdded,
    Outcome,
    RunAborted,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    RunStopped,
    StepEntered,
    StepLeft,
    WaitEnded,
    WaitStarted,
    WatchChanged,
    WorkConfirmed,
    World,
)
from runbook_tui.core.verdict import Status, Verdict


class Phase(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    ABORTED = "aborted"

    @property
    def over(self) -> bool:
        return self in (Phase.FINISHED, Phase.ABORTED)


class WaitPhase(StrEnum):
    NONE = "none"
    WAITING = "waiting"
    MET = "met"
    TIMED_OUT = "timed out"


class Note(Struct, frozen=True, kw_only=True):
    at: datetime
    by: str
    text: str
    step: str | None = None


class StepState(Struct, frozen=True, kw_only=True):
    """What is known of one step. ``pending`` are the checks of sweep ``sweep`` that have not answered."""

    visits: int = 0
    entered_at: datetime | None = None
    sweep: int = 0
    pending: tuple[str, ...] = ()
    verdicts: Mapping[str, Verdict] = {}
    checked_at: Mapping[str, datetime] = {}
    wait: WaitPhase = WaitPhase.NONE
    wait_started_at: datetime | None = None
    option: str | None = None
    confirmed: bool = False
    outcome: Outcome | None = None
    left_to: str | None = None
    reason: str = ""

    @property
    def blocking(self) -> tuple[str, ...]:
        """Checks whose verdict needs a reason to go on: UNKNOWN, and FAIL that nobody waived."""
        return tuple(check for check, verdict in self.verdicts.items() if verdict.blocks)


class RunState(Struct, frozen=True, kw_only=True):
    """Everything a screen or a report needs besides the runbook itself."""

    run: str = ""
    world: World = World.SIMULATED
    runbook: str = ""
    title: str = ""
    runbook_sha256: str = ""
    runbook_text: str = ""
    site: str = ""
    environment: str = ""
    operator: str = ""
    account: str = ""
    region: str = ""
    answers: Mapping[str, str] = {}
    phase: Phase = Phase.RUNNING
    reason: str = ""
    remedy: str = ""
    current: str | None = None
    path: tuple[str, ...] = ()
    steps: Mapping[str, StepState] = {}
    sweep: int = 0
    watch_every: float = 0.0
    notes: tuple[Note, ...] = ()
    started_at: datetime | None = None
    last_at: datetime | None = None
    seq: int = -1
    tip: str = ""
    verdict: Status | None = None
    counts: Mapping[str, int] = {}
    runbook_changed: bool = False

    @property
    def step(self) -> StepState:
        """State of the current step; an empty one when no step is current."""
        return self.steps.get(self.current or "", StepState())

    def latest(self) -> dict[str, Verdict]:
        """The last verdict of every check that was asked, whatever the step."""
        found: dict[str, Verdict] = {}
        for step in self.path:
            found.update(self.steps[step].verdicts)
        return found


def evolve(state: RunState, entry: Entry) -> RunState:
    """The state after this entry. Knows nothing but the event: a fold needs neither runbook nor clock."""
    state = replace(state, seq=entry.seq, tip=entry.hash, last_at=entry.at)
    event = entry.event
    match event:
        case RunStarted():
            return _started(state, entry, event)
        case RunResumed():
            changed = state.runbook_changed or event.runbook_changed
            return replace(state, phase=Phase.RUNNING, reason="", remedy="", runbook_changed=changed)
        case RunPaused():
            return replace(state, phase=Phase.PAUSED, reason=event.reason, watch_every=0.0)
        case RunStopped():
            return replace(state, phase=Phase.STOPPED, reason=event.reason, remedy=event.remedy)
        case RunAborted():
            return replace(state, phase=Phase.ABORTED, reason=event.reason, watch_every=0.0)
        case RunFinished():
            return replace(state, phase=Phase.FINISHED, current=None, verdict=event.verdict, counts=event.counts)
        case NoteAdded():
            note = Note(at=entry.at, by=entry.by, text=event.text, step=event.step)
            return replace(state, notes=(*state.notes, note))
        case WatchChanged():
            return replace(state, watch_every=event.every)
        case StepEntered():
            return _entered(state, entry, event)
        case Attested():
            return state  # heard by the check that asks for it, through its own fold
        case _:
            return _in_step(state, entry, event)


def fold(entries: Iterable[Entry], state: RunState | None = None) -> RunState:
    return reduce(evolve, entries, state or RunState())


def _started(state: RunState, entry: Entry, event: RunStarted) -> RunState:
    return replace(
        state,
        run=entry.run,
        world=entry.world,
        runbook=event.runbook,
        title=event.title,
        runbook_sha256=event.runbook_sha256,
        runbook_text=event.runbook_text,
        site=event.site,
        environment=event.environment,
        operator=event.operator,
        account=event.account,
        region=event.region,
        answers=event.answers,
        started_at=entry.at,
    )


def _entered(state: RunState, entry: Entry, event: StepEntered) -> RunState:
    former = state.steps.get(event.step, StepState())
    # A second visit starts afresh: verdicts of an hour ago must not let anybody pass.
    step = StepState(visits=former.visits + 1, entered_at=entry.at)
    path = tuple(name for name in state.path if name != event.step)
    return replace(
        state,
        current=event.step,
        path=(*path, event.step),
        steps={**state.steps, event.step: step},
        watch_every=0.0,
    )


def _in_step(state: RunState, entry: Entry, event: Any) -> RunState:
    former = state.steps.get(event.step, StepState())
    match event:
        case ChecksStarted():
            step = replace(former, sweep=event.sweep, pending=event.checks)
            state = replace(state, sweep=event.sweep)
        case CheckFinished():
            step = replace(
                former,
                pending=tuple(check for check in former.pending if check != event.check),
                verdicts={**former.verdicts, event.check: event.verdict},
                checked_at={**former.checked_at, event.check: entry.at},
            )
        case DecisionMade():
            step = replace(former, option=event.option)
        case WorkConfirmed():
            step = replace(former, confirmed=True)
        case WaitStarted():
            step = replace(former, wait=WaitPhase.WAITING, wait_started_at=entry.at)
        case WaitEnded():
            step = replace(former, wait=WaitPhase.MET if event.met else WaitPhase.TIMED_OUT)
        case StepLeft():
            step = replace(former, outcome=event.outcome, reason=event.reason, left_to=event.next, pending=())
        case _:
            raise TypeError(type(event).__name__)
    return replace(state, steps={**state.steps, event.step: step})
