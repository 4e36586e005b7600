"""What the simulated account costs follows from what stands in it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator import faults
from runbook_tui.simulator.cost.prices import MEMORY, VCPU
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import client, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]
PROJECT = {"Tags": {"Key": "Project", "Values": ["asharvi"]}}
BY_SERVICE = [{"Type": "DIMENSION", "Key": "SERVICE"}]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture(scope="module")
def ce(simulator: Simulator) -> Any:
    return client(simulator, "ce")


def today(simulator: Simulator) -> date:
    return simulator.world.clock.now().date()


def bill(ce: Any, start: date, end: date, **more: Any) -> Any:
    asked = {"Granularity": "DAILY", "Metrics": ["UnblendedCost"], **more}
    return ce.get_cost_and_usage(TimePeriod={"Start": f"{start}", "End": f"{end}"}, **asked)["ResultsByTime"]


def usd(metrics: Any) -> float:
    return float(metrics["UnblendedCost"]["Amount"])


def test_compute_is_tasks_times_hours_times_price(simulator: Simulator, ce: Any) -> None:
    """Two small tasks of staging cost what their vCPU and memory cost for a day; nothing of it is chance."""
    day = today(simulator) - timedelta(days=10)
    staging = {"Tags": {"Key": "Environment", "Values": ["staging"]}}
    (told,) = bill(ce, day, day + timedelta(days=1), Filter=staging, GroupBy=BY_SERVICE)
    by_service = {group["Keys"][0]: usd(group["Metrics"]) for group in told["Groups"]}
    expected = 2 * 24 * (0.5 * VCPU.usd + 1.0 * MEMORY.usd)
    assert by_service["Amazon Elastic Container Service"] == pytest.approx(expected, abs=1e-9)


def test_groups_add_up_to_the_total(simulator: Simulator, ce: Any) -> None:
    """However it is grouped, the parts of a span make its total, and days make months."""
    first = (today(simulator).replace(day=1) - timedelta(days=40)).replace(day=1)
    end = (first + timedelta(days=32)).replace(day=1)
    (month,) = bill(ce, first, end, Granularity="MONTHLY")
    days = bill(ce, first, end)
    assert sum(usd(one["Total"]) for one in days) == pytest.approx(usd(month["Total"]), abs=1e-5)
    for groups in (
        BY_SERVICE,
        [{"Type": "TAG", "Key": "Environment"}],
        [*BY_SERVICE, {"Type": "TAG", "Key": "Project"}],
    ):
        (grouped,) = bill(ce, first, end, Granularity="MONTHLY", GroupBy=groups)
        assert sum(usd(one["Metrics"]) for one in grouped["Groups"]) == pytest.approx(usd(month["Total"]), abs=1e-5)
        assert all(len(one["Keys"]) == len(groups) for one in grouped["Groups"])


def test_young_days_are_not_whole_and_the_future_is_empty(simulator: Simulator, ce: Any) -> None:
    """The bill is up to a day late, and an open month is estimated."""
    now = today(simulator)
    days = [usd(one["Total"]) for one in bill(ce, now - timedelta(days=4), now + timedelta(days=2))]
    assert days[0] == pytest.approx(days[1], rel=0.5)
    assert days[4] < days[1]
    assert days[5] == 0
    assert bill(ce, now, now + timedelta(days=1))[0]["Estimated"]
    old = now.replace(day=1) - timedelta(days=20)
    assert not bill(ce, old, old + timedelta(days=1))[0]["Estimated"]


def test_an_inactive_tag_tells_nothing_apart(simulator: Simulator, ce: Any) -> None:
    """Deactivated, the tag filters everything away; active again, it does not."""
    day = today(simulator) - timedelta(days=5)
    whole = usd(bill(ce, day, day + timedelta(days=1), Filter=PROJECT)[0]["Total"])
    ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=[{"TagKey": "Project", "Status": "Inactive"}])
    assert usd(bill(ce, day, day + timedelta(days=1), Filter=PROJECT)[0]["Total"]) == 0
    ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=[{"TagKey": "Project", "Status": "Active"}])
    assert usd(bill(ce, day, day + timedelta(days=1), Filter=PROJECT)[0]["Total"]) == whole > 0
    (refused,) = ce.update_cost_allocation_tags_status(
        CostAllocationTagsStatus=[{"TagKey": "Nobody", "Status": "Active"}]
    )["Errors"]
    assert refused["TagKey"] == "Nobody"


def test_the_front_end_is_in_the_account_s_bill_alone(simulator: Simulator, ce: Any) -> None:
    """What nobody has tagged is in the total and not in the project's part."""
    day = today(simulator) - timedelta(days=5)
    whole = usd(bill(ce, day, day + timedelta(days=1))[0]["Total"])
    mine = usd(bill(ce, day, day + timedelta(days=1), Filter=PROJECT)[0]["Total"])
    others = usd(bill(ce, day, day + timedelta(days=1), Filter={"Not": PROJECT})[0]["Total"])
    assert others > 0
    assert mine + others == pytest.approx(whole, abs=1e-6)


def test_the_forecast_goes_on_as_it_was(simulator: Simulator, ce: Any) -> None:
    """A coming day costs what a past one did, and the budget's forecast is the month's."""
    now = today(simulator)
    span = {"Start": f"{now}", "End": f"{now + timedelta(days=1)}"}
    told = ce.get_cost_forecast(TimePeriod=span, Granularity="DAILY", Metric="UNBLENDED_COST", Filter=PROJECT)
    past = usd(bill(ce, now - timedelta(days=9), now - timedelta(days=8), Filter=PROJECT)[0]["Total"])
    assert float(told["Total"]["Amount"]) == pytest.approx(past, rel=0.1)
    (budget,) = client(simulator, "budgets").describe_budgets(AccountId=simulator.world.account)["Budgets"]
    spend = budget["CalculatedSpend"]
    assert float(spend["ActualSpend"]["Amount"]) <= float(spend["ForecastedSpend"]["Amount"])
    assert float(spend["ForecastedSpend"]["Amount"]) < float(budget["BudgetLimit"]["Amount"])


def test_a_spike_is_in_the_bill_and_among_the_anomalies(simulator: Simulator, ce: Any) -> None:
    """The fault more than doubles the days since, names its cause, and its end leaves no trace."""
    now = today(simulator)
    ask = {"StartDate": f"{now - timedelta(days=7)}"}
    before = usd(bill(ce, now - timedelta(days=3), now - timedelta(days=2))[0]["Total"])
    assert ce.get_anomalies(DateInterval=ask)["Anomalies"] == []
    faults.set_fault(simulator.world, "cost-spike")
    assert usd(bill(ce, now - timedelta(days=3), now - timedelta(days=2))[0]["Total"]) > 2 * before
    (anomaly,) = ce.get_anomalies(DateInterval=ask)["Anomalies"]
    assert anomaly["RootCauses"][0]["UsageType"] == "APS3-NatGateway-Bytes"
    faults.clear_fault(simulator.world, "cost-spike")
    assert usd(bill(ce, now - timedelta(days=3), now - timedelta(days=2))[0]["Total"]) == before
    assert ce.get_anomalies(DateInterval=ask)["Anomalies"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"TimePeriod": {"Start": "2026-11-02", "End": "2026-11-02"}}, "ValidationException"),
        ({"TimePeriod": {"Start": "yesterday", "End": "2026-11-02"}}, "ValidationException"),
        ({"GroupBy": BY_SERVICE * 3}, "ValidationException"),
        ({"Granularity": "HOURLY"}, "NotSimulated"),
        ({"Metrics": ["NormalizedUsageAmount"]}, "NotSimulated"),
        ({"Filter": {"CostCategories": {"Key": "a", "Values": ["b"]}}}, "NotSimulated"),
        ({"GroupBy": [{"Type": "DIMENSION", "Key": "INSTANCE_TYPE"}]}, "NotSimulated"),
    ],
)
def test_what_it_cannot_tell_it_refuses(ce: Any, changes: Any, code: str) -> None:
    """Wrong questions are refused as AWS refuses them, questions beyond this bill as not simulated."""
    asked = {"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-02"}, "Granularity": "DAILY"}
    with pytest.raises(ClientError) as refused:
        ce.get_cost_and_usage(**{**asked, "Metrics": ["UnblendedCost"], **changes})
    assert refused.value.response["Error"]["Code"] == code
