"""The checks of what the backend costs."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.aws.errors import NotEnabled
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Cost, Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import SITE, Raw
from tests.support.facts import NOON, Answers, action_of, with_answer, without
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated

PASS, WARN, FAIL, UNKNOWN, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN, Status.SKIP
BASELINE, TAGS, GUARDS = "review.cost-baseline", "review.cost-tags", "review.cost-guards"
CHECKS = (BASELINE, TAGS, GUARDS)
ALLOWED = replace(SITE, cost=Cost(allow_paid_calls=True, baseline_monthly=365.0, budget_name="backend"))
ANY_BUDGET = replace(ALLOWED, cost=replace(ALLOWED.cost, budget_name=None))
MONITOR = {"MonitorName": "services", "MonitorType": "DIMENSIONAL"}


def bill(daily: float = 12.0, days: int = 7) -> Raw:
    """A third of it is NAT; 12 USD a day are 365 a month."""
    first = NOON.date() - timedelta(days=days + 1)
    parts = {"EC2 - Other": daily / 3, "Amazon Elastic Container Service": daily * 2 / 3}
    groups = [
        {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": f"{usd:.10f}", "Unit": "USD"}}}
        for name, usd in parts.items()
    ]
    return {
        "ResultsByTime": [
            {"TimePeriod": {"Start": f"{first + timedelta(days=n)}", "End": "x"}, "Groups": groups, "Estimated": True}
            for n in range(days)
        ]
    }


def budget(name: str = "backend", limit: str = "400", forecast: str = "370") -> Raw:
    spent = {"ActualSpend": {"Amount": "100", "Unit": "USD"}, "ForecastedSpend": {"Amount": forecast, "Unit": "USD"}}
    return {"BudgetName": name, "BudgetLimit": {"Amount": limit, "Unit": "USD"}, "CalculatedSpend": spent}


def anomaly(**more: Any) -> Raw:
    cause = {"Service": "EC2 - Other", "UsageType": "NatGateway-Bytes"}
    impact = {"MaxImpact": 9.0, "TotalImpact": 90.4}
    return {"AnomalyId": "a-1", "AnomalyStartDate": "2026-11-19", "RootCauses": [cause], "Impact": impact, **more}


def costs(**changed: Any) -> Answers:
    usual: dict[tuple[str, str], Any] = {
        ("ce", "get_cost_and_usage"): bill(),
        ("ce", "list_cost_allocation_tags"): {"CostAllocationTags": [{"TagKey": "Project", "Status": "Active"}]},
        ("ce", "get_anomaly_monitors"): {"AnomalyMonitors": [MONITOR]},
        ("ce", "get_anomalies"): {"Anomalies": []},
        ("budgets", "describe_budgets"): {"Budgets": [budget()]},
    }
    services = {operation: service for service, operation in usual}
    return {**usual, **{(services[name], name): answer for name, answer in changed.items()}}


def case(check: str, status: Status, *says: str, site: Site = ALLOWED, **changed: Any) -> Case:
    return Case(check=check, status=status, given=costs(**changed), says=says, site=site)


def tagged(status: str) -> Raw:
    return {"CostAllocationTags": [{"TagKey": "Project", "Status": status}]}


NO_BASELINE = replace(ALLOWED, cost=replace(ALLOWED.cost, baseline_monthly=None))
CASES = [
    case(BASELINE, PASS, "365.00 USD a month, +0 % against the baseline"),
    case(BASELINE, PASS, "+30 %", get_cost_and_usage=bill(15.59)),
    case(BASELINE, PASS, "-50 %", get_cost_and_usage=bill(6.0)),
    case(BASELINE, WARN, "+31 %", get_cost_and_usage=bill(15.72)),
    case(BASELINE, WARN, "+100 %", get_cost_and_usage=bill(23.99)),
    case(BASELINE, FAIL, "+101 %", get_cost_and_usage=bill(24.1)),
    case(BASELINE, WARN, "no baseline is written down; the backend costs 365.00", site=NO_BASELINE),
    case(BASELINE, UNKNOWN, "no active cost allocation tag", get_cost_and_usage=bill(0.0)),
    case(BASELINE, UNKNOWN, "knows no cost", get_cost_and_usage=bill(days=0)),
    case(BASELINE, UNKNOWN, "nothing to tell", get_cost_and_usage=NotEnabled("DataUnavailableException")),
    case(TAGS, PASS, "Project is active"),
    case(TAGS, WARN, "Project is Inactive", list_cost_allocation_tags=tagged("Inactive")),
    case(TAGS, WARN, "not seen in any bill", list_cost_allocation_tags={"CostAllocationTags": []}),
    case(GUARDS, PASS, "silent"),
    case(GUARDS, PASS, "silent", site=ANY_BUDGET, describe_budgets={"Budgets": [budget("other")]}),
    case(GUARDS, PASS, "silent", get_anomalies={"Anomalies": [anomaly(Feedback="PLANNED_ACTIVITY")]}),
    case(GUARDS, WARN, "there is no budget backend", describe_budgets={"Budgets": [budget("other")]}),
    case(GUARDS, WARN, "there is no budget", describe_budgets={}, site=ANY_BUDGET),
    case(GUARDS, WARN, "forecast at 410.00 USD", describe_budgets={"Budgets": [budget(forecast="410")]}),
    case(GUARDS, WARN, "no anomaly monitor", get_anomaly_monitors={"AnomalyMonitors": []}),
    case(GUARDS, WARN, "EC2 - Other (90 USD since 2026-11-19)", get_anomalies={"Anomalies": [anomaly()]}),
    *(case(check, SKIP, "cost.allow_paid_calls", site=SITE) for check in CHECKS),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict_on_costs(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


def questions(check: str) -> list[tuple[str, str]]:
    return sorted({(service, operation) for service, operation, _ in judged(case(check, PASS))[1].asked})


ASKED = [(check, question) for check in CHECKS for question in questions(check)]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied_costs(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    denied = Case(check=check, status=UNKNOWN, given=without(costs(), *question), site=ALLOWED)
    verdict, _ = judged(denied)
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_cost_checks_need_what_they_ask(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_nothing_that_costs_money_is_asked_unless_the_site_allows_it() -> None:
    """Where the site says ask or false, not one request goes out."""
    for allowed in ("ask", False):
        site = replace(ALLOWED, cost=replace(ALLOWED.cost, allow_paid_calls=allowed))
        assert [judged(case(check, SKIP, site=site))[1].asked for check in CHECKS] == [[], [], []]


def test_the_week_ends_two_days_ago() -> None:
    """Younger days are not whole in the bill: seven days are asked for, up to the day before yesterday."""
    (asked,) = judged(case(BASELINE, PASS))[1].asked
    assert asked[2]["TimePeriod"] == {"Start": "2026-11-15", "End": "2026-11-22"}
    assert NOON.date() == date(2026, 11, 23)
    assert asked[2]["Filter"] == {"Tags": {"Key": "Project", "Values": ["asharvi"]}}


def test_evidence_tells_the_dearest_service_first() -> None:
    """Costs stand by day and by service."""
    evidence = judged(case(BASELINE, PASS))[0].evidence
    assert list(evidence["daily_usd_by_service"]) == ["Amazon Elastic Container Service", "EC2 - Other"]
    assert evidence["daily_usd"]["2026-11-15"] == 12.0


@drawn(st.data())
def test_no_shape_of_a_bill_is_a_defect(data: st.DataObject) -> None:
    """Whatever Cost Explorer answers, a check decides or says what it cannot read; it never breaks."""
    check, (service, operation) = data.draw(st.sampled_from(ASKED))
    busy = costs(get_anomalies={"Anomalies": [anomaly()]})
    whole = busy[service, operation]
    broken = with_answer(busy, service, operation, lambda **_: data.draw(mutated(whole)))
    with in_turn():
        verdict, _ = judged(Case(check=check, status=UNKNOWN, given=broken, site=ALLOWED))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
