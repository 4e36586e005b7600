"""What a drill shows while it lasts, and how long it took: the two checks that only its runbook asks."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.chart import charts_of
from runbook_tui.core.events import CheckFinished, WaitEnded
from runbook_tui.core.site import Dr
from runbook_tui.core.state import fold
from runbook_tui.core.verdict import Cause, Status, Verdict, warn
from tests.support import raw_cloudwatch as raw
from tests.support.backend_site import SITE
from tests.support.facts import NOON, FakeReader, denied
from tests.support.past import Kept, Said, Timed, drill, entries

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
BEGAN = NOON - timedelta(minutes=60)
ERROR: Timed = (
    14,
    CheckFinished(step="observe", sweep=1, check="db.app-reachability", verdict=warn("not ready", "look", ready="503")),
)
RINGS: Timed = (
    16,
    CheckFinished(
        step="observe", sweep=1, check="alarm.states", verdict=warn("rings", "look", states={"asharvi-5xx": "ALARM"})
    ),
)
WELL: Timed = (25, WaitEnded(step="recover", met=True))


class Case(Struct, frozen=True, kw_only=True):
    check: str
    status: Status
    told: tuple[Timed, ...] = ()
    answers: Any = {}
    rto: int = 15
    says: str = ""

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{self.says}"


def judged(case: Case) -> Verdict:
    told = sorted(case.told, key=lambda one: one[0])
    journal = tuple(entries(told, BEGAN, "r-1"))
    kept = Kept(runs=(fold(journal),), told={"r-1": journal}) if told else Kept()
    reader = FakeReader(case.answers)
    aws = Aws(reader, None, lambda: NOON, Said(days_ago=None), records=kept)  # type: ignore[arg-type]
    site = replace(SITE, dr=Dr(rto_minutes=case.rto))
    return ask(all_checks()[case.check], aws, site, "staging")


def whole(*more: Timed) -> tuple[Timed, ...]:
    return (*drill(), *more)


def alarm(state: str) -> Any:
    named = {"AlarmName": "asharvi-backend-staging-5xx", "StateTransitionedTimestamp": NOON}
    told = raw.alarms({**raw.all_alarms()[0], "StateValue": state, **named})
    return {("cloudwatch", "describe_alarms"): told}


CASES = (
    Case(check="drill.recovery", status=PASS, told=whole(ERROR, RINGS, WELL), says="whole again 5 min 00 s"),
    Case(check="drill.recovery", status=FAIL, told=whole(ERROR, RINGS, WELL), rto=4, says="allowed 4 min"),
    Case(check="drill.recovery", status=WARN, told=whole(ERROR, WELL), says="no alarm"),
    Case(check="drill.recovery", status=WARN, told=whole(ERROR, RINGS), says="does not tell how long"),
    Case(check="drill.recovery", status=SKIP, says="has been practised"),
    Case(check="drill.alarm", status=PASS, told=whole(), answers=alarm("ALARM"), says="rings"),
    Case(check="drill.alarm", status=WARN, told=whole(), answers=alarm("OK"), says="no alarm rings"),
    Case(check="drill.alarm", status=SKIP, answers=alarm("OK"), says="no drill"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdicts(case: Case) -> None:
    """Each clause."""
    verdict = judged(case)
    assert verdict.status is case.status, verdict.because
    assert case.says in verdict.because


def test_the_chart_is_in_the_evidence() -> None:
    """So it is on the screen, in the journal and in the report."""
    (chart,) = charts_of(judged(CASES[0]).evidence)
    assert chart.title == "The outage"


def test_alarms_that_may_not_be_read() -> None:
    """Are unknown."""
    refused = {("cloudwatch", "describe_alarms"): denied("cloudwatch", "describe_alarms")}
    verdict = judged(Case(check="drill.alarm", status=UNKNOWN, told=whole(), answers=refused))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
