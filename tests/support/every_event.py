"""One entry of each kind of event."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from runbook_tui.core.change_events import (
    ActionApproved,
    ActionAsked,
    ActionConfirmed,
    ActionFailed,
    ActionFinished,
    ActionInterrupted,
    ActionPlanned,
    ActionRefused,
    CallFailed,
    CallFinished,
    CallReady,
    CallStarted,
    DoubtSettled,
    InputsWanted,
)
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    ChecksStarted,
    DecisionMade,
    Entry,
    Event,
    HandedOver,
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
    WaitSeen,
    WaitStarted,
    WatchChanged,
    WorkConfirmed,
    World,
)
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.reading import Gauge, Progress
from runbook_tui.core.verdict import Status, fail
from tests.support.crash import STARTED

PLAN: Final = Plan(
    action="logs.set-retention",
    title="Keep events for 30 days",
    environment="prod",
    resource="/ecs/app",
    effect="Events are kept for 30 days.",
    risk=Risk.CHANGE,
    calls=(
        ApiCall(
            id="put",
            service="logs",
            operation="put_retention_policy",
            parameters={"logGroupName": "/ecs/app", "retentionInDays": 30},
            effect="events are kept for 30 days",
        ),
    ),
    differences=(Difference(what="retentionInDays", before="7", after="30"),),
    permissions=("logs:PutRetentionPolicy",),
)

SEEN: Final = Progress(source="targets", title="Targets", gauges=(Gauge(name="healthy", value=2),))

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
    WaitSeen(
        step="look", readings=(Progress(source="targets", title="Targets", gauges=(Gauge(name="healthy", value=2),)),)
    ),
    DecisionMade(step="look", question="Which?", option="on", label="Go on", reason="it is quiet"),
    WorkConfirmed(step="look", statement="I have done it", note="twice"),
    StepLeft(step="look", outcome=Outcome.ACCEPTED, reason="known", next="choose"),
    RunFinished(verdict=Status.FAIL, counts={"FAIL": 1, "PASS": 0}),
    HandedOver(giver="arn:aws:iam::1:user/a (a@one)", taker="arn:aws:iam::1:user/b (b@two)"),
    RunAborted(reason="wrong window"),
    ActionAsked(step="look", change=1, action="logs.set-retention", inputs={"days": "30"}),
    InputsWanted(change=1, questions=(Question(name="days", text="How many days?"),)),
    ActionPlanned(change=1, plan=PLAN, digest=PLAN.digest, confirmation=Confirmation(word="prod", approver=True)),
    ActionRefused(change=1, reason="the world moved", remedy="plan again"),
    ActionApproved(change=1, digest=PLAN.digest, approver="arn:aws:sts::123456789012:assumed-role/OnCall/b"),
    ActionConfirmed(change=1, digest=PLAN.digest, typed="prod", break_glass="nobody answers"),
    CallStarted(change=1, call="put", service="logs", operation="put_retention_policy", parameters={"days": 30}),
    CallFinished(change=1, call="put", request_id="id-1", outputs={}, duration_ms=12),
    CallReady(change=1, call="put"),
    CallFailed(change=1, call="put", code="AccessDenied", message="no", request_id="id-2"),
    ActionFinished(change=1),
    ActionFailed(change=1, reason="AccessDenied", remedy="ask for it"),
    ActionInterrupted(change=1, call="put"),
    DoubtSettled(change=1, call="put", happened=True),
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
