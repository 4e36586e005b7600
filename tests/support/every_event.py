"""One entry of each kind of event."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    ChecksStarted,
    DecisionMade,
    Entry,
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
    World,
)
from runbook_tui.core.verdict import Status, fail
from tests.support.crash import STARTED

_EVENTS: Final[tuple[Event, ...]] = (
    STARTED,
    StepEntered(step="look"),
    ChecksStarted(step="look", sweep=1, checks=("a.one", "a.two")),
    CheckFinished(step="look", sweep=1, check="a.one", verdict=fail("1 of 2", "mend it", n=1), duration_ms=3),
    NoteAdded(text="odd", step="look"),
    Attested(check="a.one", environment="prod", account="123456789012", text="seen", expires=date(2027, 1, 31)),
    WatchChanged(step="look", every=15.0),
    RunPaused(reason="lunch"),
    RunResumed(operator="you", tool_version="0.1.0", runbook_changed=True, set_aside=7),
    RunStopped(reason="sign-in expired", remedy="sign in"),
    WaitStarted(step="look", until=("a.one",), timeout=60.0),
    WaitEnded(step="look", met=False, reason="time is up"),
    DecisionMade(step="look", question="Which?", option="on", label="Go on"),
    WorkConfirmed(step="look", statement="I have done it", note="twice"),
    StepLeft(step="look", outcome=Outcome.ACCEPTED, reason="known", next="choose"),
    RunFinished(verdict=Status.FAIL, counts={"FAIL": 1, "PASS": 0}),
    RunAborted(reason="wrong window"),
)
EVERY: Final = tuple(
    Entry(
        seq=seq,
        at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC) + timedelta(seconds=seq),
        run="r",
        by="you",
        world=World.LIVE,
        event=event,
    )
    for seq, event in enumerate(_EVENTS)
)
