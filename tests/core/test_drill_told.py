"""What a drill's journal tells: times, durations and findings, of events alone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.core.change_events import ActionAsked, ActionFinished, ActionPlanned, CallStarted
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.drill import Drill, drill, findings
from runbook_tui.core.drill_chart import looked
from runbook_tui.core.events import CheckFinished, Entry, Event, StepEntered, StepLeft, WaitEnded
from runbook_tui.core.events import Outcome as Left
from runbook_tui.core.plan import at_path
from runbook_tui.core.verdict import Verdict, fail, passed, warn
from tests.support.folded import plan
from tests.support.past import Timed, entries

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PLAN = replace(plan(), restore_within=600.0)


def planned(change: int, *, undoes: int | None = None, method: str = "nacl") -> list[Event]:
    of = plan() if undoes else PLAN
    asked = ActionAsked(step="inject", change=change, action="a", inputs={"method": method}, undoes=undoes)
    return [asked, ActionPlanned(change=change, plan=of, digest=of.digest, confirmation=Confirmation())]


def call(change: int) -> CallStarted:
    return CallStarted(change=change, call="cut", service="ec2", operation="o", parameters={})


def ready(answer: str) -> CheckFinished:
    good = passed("ready", ready=answer) if answer == "200" else warn("not ready", "look", ready=answer)
    return CheckFinished(step="observe", sweep=1, check="db.app-reachability", verdict=good)


def alarms(state: str, since: str = "") -> CheckFinished:
    evidence: dict[str, Any] = {"states": {"prod-5xx": state}}
    said = fail("rings", "look", **evidence, since={"prod-5xx": since} if since else {})
    return CheckFinished(step="observe", sweep=1, check="alarm.states", verdict=said)


def targets(healthy: int, verdict: Verdict | None = None) -> CheckFinished:
    said = verdict or passed("fine", states={"healthy": healthy})
    return CheckFinished(step="observe", sweep=1, check="tg.targets-healthy", verdict=said)


def told(*timed: Timed) -> list[Entry]:
    return entries(timed, START, "r")


def course(*observed: Timed, method: str = "nacl") -> list[Entry]:
    """Cut after a minute, taken back after ten, well after thirteen."""
    asked, planned_ = planned(1, method=method)
    back, back_planned = planned(2, undoes=1)
    return told(
        (0.0, asked),
        (0.5, planned_),
        (1.0, call(1)),
        (1.0, ActionFinished(change=1)),
        *observed,
        (10.0, back),
        (10.0, back_planned),
        (10.0, call(2)),
        (11.0, ready("503")),
        (12.0, ready("200")),
        (12.5, StepEntered(step="recover")),
        (13.0, WaitEnded(step="recover", met=True)),
    )


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_times_and_durations() -> None:
    """Detection is from the first error to the first alarm, recovery from the first call back to all well."""
    entries = course((2.0, ready("503")), (4.0, alarms("ALARM", "2026-11-23T03:03:30Z")))
    seen = drill(entries)
    assert seen == Drill(
        method="nacl",
        cut=at(1),
        error=at(2),
        alarm=at(3.5),
        restored=at(10),
        ready=at(12),
        well=at(13),
        seen_until=at(4),
    )
    assert seen.detection == timedelta(minutes=1.5)
    assert seen.recovery == timedelta(minutes=3)
    assert seen.outage == timedelta(minutes=11)
    assert findings(entries, seen) == ()


@pytest.mark.parametrize(
    ("observed", "method", "says"),
    [
        ([(2.0, ready("503")), (9.0, alarms("ALARM"))], "nacl", "no alarm within 5 minutes"),
        ([(2.0, ready("503")), (9.0, alarms("OK"))], "nacl", "no alarm in the 7 minutes"),
        ([(2.0, ready("200"))], "sg", "lived on"),
        ([(2.0, ready("200"))], "nacl", "no check saw an error"),
        (
            [
                (2.0, targets(0, fail("ECS replaced 2 tasks due to an unhealthy status", "look"))),
                (3.0, alarms("ALARM")),
            ],
            "nacl",
            "readiness is used as liveness",
        ),
    ],
)
def test_what_it_teaches(observed: Sequence[Timed], method: str, says: str) -> None:
    """In sentences, from what was observed."""
    entries = course(*observed, method=method)
    (found,) = findings(entries, drill(entries))
    assert says in found


def test_an_alarm_of_before_is_none_of_the_drill() -> None:
    """What rang before the cut tells nobody of it."""
    assert drill(course((2.0, alarms("ALARM", "2026-11-23T02:00:00Z")))).alarm is None
    assert drill(course((2.0, alarms("ALARM", "no time")))).alarm == at(2)


def test_what_was_done_by_hand_the_steps_tell() -> None:
    """The cut when the step was left, the restore when it was entered."""
    seen = drill(
        told(
            (1.0, StepLeft(step="inject", outcome=Left.DONE)),
            (2.0, ready("503")),
            (5.0, StepEntered(step="restore")),
            (6.0, StepEntered(step="recover")),
            (8.0, WaitEnded(step="recover", met=True)),
        )
    )
    assert (seen.method, seen.cut, seen.restored, seen.well) == ("by hand", at(1), at(5), at(8))
    assert drill([]) == Drill()


def test_the_chart_holds_what_was_seen_until_it_is_asked_again() -> None:
    """Readiness, targets and alarms, from a minute before the cut, with T0 to T5."""
    entries = course((2.0, ready("503")), (2.0, targets(2)), (3.0, targets(0)), (4.0, alarms("ALARM")))
    chart = looked(entries, drill(entries))
    assert chart is not None
    assert chart.start == at(0)
    lines = {one.name: one.values for one in chart.lines}
    assert lines["healthy targets"][:14] == (None,) * 8 + (2.0,) * 4 + (0.0,) * 2
    assert lines["ready"][-4] == 1.0
    assert [one.name[:2] for one in chart.marks] == ["T0", "T1", "T2", "T3", "T4", "T5"]
    assert looked([], Drill()) is None


def test_an_element_of_a_list_is_found_by_its_member() -> None:
    """Where the place in a list means nothing."""
    answer = {"Acls": [{"Id": "a", "In": [{"Subnet": "s-1", "As": "x"}, {"Subnet": "s-2", "As": "y"}], "Of": ["p"]}]}
    assert at_path(answer, "Acls.0.In.Subnet=s-2.As") == "y"
    assert at_path(answer, "Acls.Of=p.Id") == "a"
    with pytest.raises(LookupError):
        at_path(answer, "Acls.0.In.Subnet=s-3.As")
