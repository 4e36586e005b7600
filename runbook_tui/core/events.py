"""What can happen in a run: facts in the past tense. They are the only thing that is ever stored."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, get_args

from msgspec import Struct, json

from runbook_tui.core.change_events import ChangeEvent
from runbook_tui.core.fact import Fact
from runbook_tui.core.reading import Progress
from runbook_tui.core.verdict import Status, Verdict


class World(StrEnum):
    LIVE = "live"
    SIMULATED = "simulated"


class Outcome(StrEnum):
    """How a step was left."""

    DONE = "done"
    ACCEPTED = "accepted"  # a check failed or could not be decided; the operator went on with a reason
    BRANCHED = "branched"
    SKIPPED = "skipped"


class RunStarted(Fact, frozen=True, kw_only=True):
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


class RunResumed(Fact, frozen=True, kw_only=True):
    operator: str
    tool_version: str
    runbook_changed: bool = False
    set_aside: int = 0  # bytes of a torn last line that were put beside the journal


class RunPaused(Fact, frozen=True, kw_only=True):
    reason: str = ""


class RunStopped(Fact, frozen=True, kw_only=True):
    """The run cannot go on by itself (sign-in expired, disk full …): ``remedy`` says what makes it resumable."""

    reason: str
    remedy: str


class HandedOver(Fact, frozen=True, kw_only=True):
    """Another operator takes the run: both by their ARN and machine. What follows is by the taker."""

    giver: str
    taker: str


class RunAborted(Fact, frozen=True, kw_only=True):
    reason: str


class RunFinished(Fact, frozen=True, kw_only=True):
    """``verdict`` rolls up the last verdict of every check; ``counts`` has one number a status."""

    verdict: Status
    counts: Mapping[str, int]


class StepEntered(Fact, frozen=True, kw_only=True):
    step: str


class StepLeft(Fact, frozen=True, kw_only=True):
    step: str
    outcome: Outcome
    reason: str = ""
    next: str | None = None


class ChecksStarted(Fact, frozen=True, kw_only=True):
    """``sweep`` numbers the sweeps of a run from 1; a verdict of an older sweep is not heard any more."""

    step: str
    sweep: int
    checks: tuple[str, ...]


class CheckFinished(Fact, frozen=True, kw_only=True):
    step: str
    sweep: int
    check: str
    verdict: Verdict
    duration_ms: int = 0


class DecisionMade(Fact, frozen=True, kw_only=True):
    """``reason`` is what the operator said with it, where the answer asks for that."""

    step: str
    question: str
    option: str
    label: str
    reason: str = ""


class WorkConfirmed(Fact, frozen=True, kw_only=True):
    step: str
    statement: str
    note: str = ""


class WaitStarted(Fact, frozen=True, kw_only=True):
    step: str
    until: tuple[str, ...]
    timeout: float


class WaitEnded(Fact, frozen=True, kw_only=True):
    step: str
    met: bool
    reason: str = ""


class WaitSeen(Fact, frozen=True, kw_only=True):
    """What the sources of the wait said when it had ended."""

    step: str
    readings: tuple[Progress, ...]


class WatchChanged(Fact, frozen=True, kw_only=True):
    """While watching, the step's checks are asked again every ``every`` seconds; 0 means watching ended."""

    step: str
    every: float


class NoteAdded(Fact, frozen=True, kw_only=True):
    text: str
    step: str | None = None


class Attested(Fact, frozen=True, kw_only=True):
    """An operator's statement about what no call can tell. It holds up to and including the day ``expires`` (UTC).

    ``environment`` is empty for a check that both environments share. ``revoked`` takes back what was stated
    before; then ``text`` says why.
    """

    check: str
    environment: str
    account: str
    text: str
    expires: date
    revoked: bool = False


Event = (
    RunStarted
    | RunResumed
    | RunPaused
    | RunStopped
    | HandedOver
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
    | WaitSeen
    | WatchChanged
    | NoteAdded
    | Attested
    | ChangeEvent
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
