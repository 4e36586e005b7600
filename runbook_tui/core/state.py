"""The state of a run is a fold over its journal: ``evolve`` is the only function that changes it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.core.change import Change, Stage, take
from runbook_tui.core.change_events import ChangeEvent
from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    ChecksStarted,
    DecisionMade,
    Entry,
    HandedOver,
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
    WaitSeen,
    WaitStarted,
    WatchChanged,
    WorkConfirmed,
    World,
)
from runbook_tui.core.reading import Progress
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
    wait_ended_at: datetime | None = None
    seen: tuple[Progress, ...] = ()  # what the wait's sources said at its end
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
    changes: Mapping[int, Change] = {}
    started_at: datetime | None = None
    resumed_at: datetime | None = None
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

    @property
    def open_change(self) -> Change | None:
        """The change that is planned, under way or in doubt: there is one at most."""
        return next((change for change in self.changes.values() if change.stage.open), None)

    @property
    def undo_stack(self) -> tuple[int, ...]:
        """Changes that can be taken back, the last one first."""
        return tuple(number for number in sorted(self.changes, reverse=True) if self.changes[number].undoable)

    def acted(self, step: str, action: str) -> bool:
        """Whether the step's own action was carried out since the step was entered, and still stands."""
        entered = self.steps[step].entered_at if step in self.steps else None
        return any(
            change.step == step
            and change.action == action
            and change.undoes is None
            and change.stage is Stage.DONE
            and (entered is None or change.asked_at >= entered)
            for change in self.changes.values()
        )

    def latest(self) -> dict[str, Verdict]:
        """The last verdict of every check that was asked, whatever the step."""
        found: dict[str, Verdict] = {}
        for step in self.path:
            found.update(self.steps[step].verdicts)
        return found


def evolve(state: RunState, entry: Entry) -> RunState:
    """The state after this entry. Knows nothing but the event: a fold needs neither runbook nor clock."""
    return fold((entry,), state)


def fold(entries: Iterable[Entry], state: RunState | None = None) -> RunState:
    """The state after these entries; what was given stays as it was."""
    folding = _Fold(state or RunState())
    last = None
    for last in entries:
        folding.take(last)
    return folding.state if last is None else folding.end(last)


class _Step:
    """A step while it is folded. What every answer changes is changed in place: copies would take twice the time."""

    __slots__ = ("checked_at", "pending", "state", "verdicts")

    def __init__(self, state: StepState) -> None:
        self.state = state
        self.pending = dict.fromkeys(state.pending)
        self.verdicts = dict(state.verdicts)
        self.checked_at = dict(state.checked_at)

    def end(self) -> StepState:
        return replace(self.state, pending=tuple(self.pending), verdicts=self.verdicts, checked_at=self.checked_at)


class _Fold:
    """A state, and what has come to it since: the steps that were touched, and the notes."""

    __slots__ = ("changes", "notes", "state", "steps")

    def __init__(self, state: RunState) -> None:
        self.state = state
        self.steps: dict[str, _Step] = {}
        self.changes = state.changes
        self.notes: list[Note] = []

    def end(self, last: Entry) -> RunState:
        return replace(
            self.state,
            seq=last.seq,
            tip=last.hash,
            last_at=last.at,
            steps={**self.state.steps, **{name: step.end() for name, step in self.steps.items()}},
            changes=self.changes,
            notes=(*self.state.notes, *self.notes) if self.notes else self.state.notes,
        )

    def take(self, entry: Entry) -> None:
        event = entry.event
        match event:
            case CheckFinished():  # most events are: they are looked for first
                step = self._step(event.step)
                step.pending.pop(event.check, None)
                step.verdicts[event.check] = event.verdict
                step.checked_at[event.check] = entry.at
            case NoteAdded():
                self.notes.append(Note(at=entry.at, by=entry.by, text=event.text, step=event.step))
            case HandedOver():
                self.state = replace(self.state, operator=event.taker)
            case Attested():
                pass  # heard by the check that asks for it, through its own fold
            case StepEntered():
                self._enter(event.step, entry.at)
            case RunStarted() | RunResumed() | RunPaused() | RunStopped() | RunAborted() | RunFinished():
                self.state = _of_run(self.state, event, entry)
            case WatchChanged():
                self.state = replace(self.state, watch_every=event.every)
            case ChecksStarted():
                self.state = replace(self.state, sweep=event.sweep)
                step = self._step(event.step)
                step.state = replace(step.state, sweep=event.sweep)
                step.pending = dict.fromkeys(event.checks)
            case DecisionMade() | WorkConfirmed() | WaitStarted() | WaitEnded() | WaitSeen() | StepLeft():
                step = self._step(event.step)
                step.state = _of_step(step.state, event, entry.at)
                if isinstance(event, StepLeft):
                    step.pending = {}
            case _ if isinstance(event, ChangeEvent):
                self.changes = take(self.changes, event, entry.at)
            case _:
                assert_never(event)

    def _step(self, name: str) -> _Step:
        step = self.steps.get(name)
        if step is None:
            step = self.steps[name] = _Step(self.state.steps.get(name) or StepState())
        return step

    def _enter(self, name: str, at: datetime) -> None:
        # A second visit starts afresh: verdicts of an hour ago must not let anybody pass.
        self.steps[name] = _Step(StepState(visits=self._step(name).state.visits + 1, entered_at=at))
        path = (*(other for other in self.state.path if other != name), name)
        self.state = replace(self.state, current=name, path=path, watch_every=0.0)


def _of_run(
    state: RunState,
    event: RunStarted | RunResumed | RunPaused | RunStopped | RunAborted | RunFinished,
    entry: Entry,
) -> RunState:
    match event:
        case RunStarted():
            return _started(state, entry, event)
        case RunResumed():
            changed = state.runbook_changed or event.runbook_changed
            return replace(
                state, phase=Phase.RUNNING, reason="", remedy="", runbook_changed=changed, resumed_at=entry.at
            )
        case RunPaused():
            return replace(state, phase=Phase.PAUSED, reason=event.reason, watch_every=0.0)
        case RunStopped():
            return replace(state, phase=Phase.STOPPED, reason=event.reason, remedy=event.remedy)
        case RunAborted():
            return replace(state, phase=Phase.ABORTED, reason=event.reason, watch_every=0.0)
        case RunFinished():
            return replace(state, phase=Phase.FINISHED, current=None, verdict=event.verdict, counts=event.counts)
        case _:
            assert_never(event)


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


def _of_step(
    step: StepState, event: DecisionMade | WorkConfirmed | WaitStarted | WaitEnded | WaitSeen | StepLeft, at: datetime
) -> StepState:
    match event:
        case DecisionMade():
            return replace(step, option=event.option)
        case WorkConfirmed():
            return replace(step, confirmed=True)
        case WaitStarted():
            return replace(step, wait=WaitPhase.WAITING, wait_started_at=at, wait_ended_at=None, seen=())
        case WaitEnded():
            return replace(step, wait=WaitPhase.MET if event.met else WaitPhase.TIMED_OUT, wait_ended_at=at)
        case WaitSeen():
            return replace(step, seen=event.readings)
        case StepLeft():
            return replace(step, outcome=event.outcome, reason=event.reason, left_to=event.next)
        case _:
            assert_never(event)
