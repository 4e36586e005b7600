"""What can happen in a run: facts in the past tense. They are the only thing that is ever stored."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, get_args

from msgspec import Struct, json

from runbook_tui.core.verdict import Status, Verdict


class World(str, Enum):
    LIVE = "live"
    SIMULATED = "simulated"


class Outcome(str, Enum):
    """How a step was left."""

    DONE = "done"
    ACCEPTED = "accepted"  # a check failed or could not be decided; the operator went on with a reason
    BRANCHED = "branched"
    SKIPPED = "skipped"


class _Fact(Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    pass


class RunStarted(_Fact):
    """First of every journal. ``runbook_text`` makes the journal complete without any other file."""

    runbook: str
    title: str
    runbook_sha256: str
    runbook_text: str
    site: str
    site_sha256: str
    environment: str
    tool_version: str
    operator: str
    account: str
    region: str
    answers: Mapping[str, str] = {}


class RunResumed(_Fact):
    operator: str
    tool_version: str
    runbook_changed: bool = False
    set_aside: int = 0  # bytes of a torn last line that were put beside the journal


class RunPaused(_Fact):
    reason: str = ""


class RunStopped(_Fact):
    """The run cannot go on by itself (sign-in expired, disk full …): ``remedy`` says what makes it resumable."""

    reason: str
    remedy: str


class RunAborted(_Fact):
    reason: str


class RunFinished(_Fact):
    """``verdict`` rolls up the last verdict of every check; ``counts`` has one number a status."""

    verdict: Status
    counts: Mapping[str, int]


class StepEntered(_Fact):
    step: str


class StepLeft(_Fact):
    step: str
    outcome: Outcome
    reason: str = ""
    next: str | None = None


class ChecksStarted(_Fact):
    """``sweep`` numbers the sweeps of a run from 1; a verdict of an older sweep is not heard any more."""

    step: str
    sweep: int
    checks: tuple[str, ...]


class CheckFinished(_Fact):
    step: str
    sweep: int
    check: str
    verdict: Verdict
    duration_ms: int = 0


class DecisionMade(_Fact):
    step: str
    question: str
    option: str
    label: str


class WorkConfirmed(_Fact):
    step: str
    statement: str
    note: str = ""


class WaitStarted(_Fact):
    step: str
    until: tuple[str, ...]
    timeout: float


class WaitEnded(_Fact):
    step: str
    met: bool
    reason: str = ""


class WatchChanged(_Fact):
    """While watching, the step's checks are asked again every ``every`` seconds; 0 means watching ended."""

    step: str
    every: float


class NoteAdded(_Fact):
    text: str
    step: str | None = None


Event = (
    RunStarted
    | RunResumed
    | RunPaused
    | RunStopped
    | RunAborted
    | RunFinished
    | StepEntered
    | StepLeft
    | ChecksStarted
    | CheckFinished
    | DecisionMade
    | WorkConfirmed
    | WaitStarted
    | WaitEnded
    | WatchChanged
    | NoteAdded
)

EVENTS: Final[Mapping[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}


class Entry(Struct, frozen=True, kw_only=True):
    """One event where it stands in its journal. ``at`` is UTC; ``by`` names the operator."""

    seq: int
    at: datetime
    run: str
    by: str
    world: World
    event: Event
    hash: str = ""

    @property
    def name(self) -> str:
        return type(self.event).__name__


_DECODERS: Final = {name: json.Decoder(kind) for name, kind in EVENTS.items()}


def decode(name: str, data: bytes | Any) -> Event:
    """The event of this name from its JSON. KeyError for a name this version does not know;
    msgspec.ValidationError for data of another shape."""
    event: Event = _DECODERS[name].decode(data)
    return event
