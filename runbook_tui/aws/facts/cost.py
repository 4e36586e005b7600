"""What ``ce`` and ``budgets`` say of the account's spending, in USD. Each request to ``ce`` costs about 0.01 USD."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, parse
from runbook_tui.aws.facts.listing import listed

METRIC: Final = "UnblendedCost"
SETTLING: Final = timedelta(days=1)  # the bill of younger days is not whole yet
Amount = Annotated[str, Meta(max_length=40)]


class Money(Fact, frozen=True, kw_only=True):
    amount: Amount
    unit: str = "USD"

    @property
    def usd(self) -> float:
        """Malformed for what is no amount in USD."""
        try:
            value = float(self.amount)
        except ValueError:
            value = float("nan")
        if self.unit != "USD" or not abs(value) < float("inf"):
            raise Malformed(f"a cost that is no amount in USD: {self.amount} {self.unit}", remedy="look at the bill")
        return value


class _Period(Fact, frozen=True, kw_only=True):
    start: date


class _Group(Fact, frozen=True, kw_only=True):
    keys: tuple[str, ...]
    metrics: Mapping[str, Money]


class _Result(Fact, frozen=True, kw_only=True):
    time_period: _Period
    groups: tuple[_Group, ...] = ()


class Spend(Struct, frozen=True, kw_only=True):
    """USD by day and service, oldest day first."""

    days: Mapping[date, Mapping[str, float]]

    @property
    def totals(self) -> dict[date, float]:
        return {day: sum(services.values()) for day, services in self.days.items()}

    @property
    def daily(self) -> float:
        """The mean of the days; 0 without any."""
        return sum(self.totals.values()) / len(self.days) if self.days else 0.0

    def of_services(self) -> dict[str, float]:
        """The mean of a day by service, dearest first."""
        names = {name for services in self.days.values() for name in services}
        means = {name: sum(its.get(name, 0.0) for its in self.days.values()) / len(self.days) for name in names}
        return dict(sorted(means.items(), key=lambda one: (-one[1], one[0])))


class AllocationTag(Fact, frozen=True, kw_only=True):
    tag_key: str
    status: str


class Monitor(Fact, frozen=True, kw_only=True):
    monitor_name: str


class _Impact(Fact, frozen=True, kw_only=True):
    max_impact: float = 0.0
    total_impact: float | None = None


class _RootCause(Fact, frozen=True, kw_only=True):
    service: str = ""
    usage_type: str = ""


class Anomaly(Fact, frozen=True, kw_only=True):
    """``feedback`` is empty until somebody has answered it."""

    anomaly_id: str
    anomaly_start_date: str = ""
    feedback: str = ""
    impact: _Impact = _Impact()
    root_causes: tuple[_RootCause, ...] = ()

    @property
    def usd(self) -> float:
        return self.impact.max_impact if self.impact.total_impact is None else self.impact.total_impact

    @property
    def label(self) -> str:
        services = dict.fromkeys(cause.service for cause in self.root_causes if cause.service)
        return f"{', '.join(services) or self.anomaly_id} ({self.usd:.0f} USD since {self.anomaly_start_date[:10]})"


class _Calculated(Fact, frozen=True, kw_only=True):
    actual_spend: Money | None = None
    forecasted_spend: Money | None = None


class Budget(Fact, frozen=True, kw_only=True):
    """``budget_limit`` is None where each month has a limit of its own; a forecast needs five weeks of bills."""

    budget_name: str
    budget_limit: Money | None = None
    calculated_spend: _Calculated = _Calculated()

    @property
    def forecast(self) -> float | None:
        found = self.calculated_spend.forecasted_spend
        return found.usd if found is not None else None


class CostFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def spend(self, tag: str, last: date, days: int) -> Spend:
        """Of what carries the tag ``Key=Value``: whole days up to and including ``last``."""
        key, _, value = tag.partition("=")
        answer = self._reader.read(
            "ce",
            "get_cost_and_usage",
            TimePeriod={"Start": f"{last - timedelta(days=days - 1)}", "End": f"{last + timedelta(days=1)}"},
            Granularity="DAILY",
            Metrics=[METRIC],
            GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}],
            Filter={"Tags": {"Key": key, "Values": [value]}},
        )
        return Spend(days={one.time_period.start: _services(one) for one in listed(answer, "ResultsByTime", _Result)})

    def usage(self, last: date, days: int) -> Spend:
        """Of the whole account, by ``SERVICE/USAGE_TYPE``."""
        answer = self._reader.read(
            "ce",
            "get_cost_and_usage",
            TimePeriod={"Start": f"{last - timedelta(days=days - 1)}", "End": f"{last + timedelta(days=1)}"},
            Granularity="DAILY",
            Metrics=[METRIC],
            GroupBy=[{"Type": "DIMENSION", "Key": key} for key in ("SERVICE", "USAGE_TYPE")],
        )
        return Spend(days={one.time_period.start: _services(one) for one in listed(answer, "ResultsByTime", _Result)})

    def allocation_tag(self, key: str) -> AllocationTag | None:
        """None for a key that no bill has seen yet."""
        answer = self._reader.read("ce", "list_cost_allocation_tags", TagKeys=[key])
        found = listed(answer, "CostAllocationTags", AllocationTag)
        return next((one for one in found if one.tag_key == key), None)

    def monitors(self) -> tuple[Monitor, ...]:
        return listed(self._reader.read("ce", "get_anomaly_monitors"), "AnomalyMonitors", Monitor)

    def anomalies(self, since: date) -> tuple[Anomaly, ...]:
        answer = self._reader.read("ce", "get_anomalies", DateInterval={"StartDate": f"{since}"})
        return listed(answer, "Anomalies", Anomaly)

    def budgets(self, account: str) -> tuple[Budget, ...]:
        answer = self._reader.read("budgets", "describe_budgets", AccountId=account)
        # AWS leaves the member out where there is none
        return parse(answer.get("Budgets", ()), tuple[Budget, ...])


def _services(result: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for group in result.groups:
        cost = group.metrics.get(METRIC)
        if cost is None or not group.keys:
            raise Malformed("Cost Explorer told a group without its cost", remedy="re-check")
        name = "/".join(group.keys)
        found[name] = found.get(name, 0.0) + cost.usd
    return found
