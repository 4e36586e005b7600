"""How hard DynamoDB's tables are worked: which metrics are asked, and what their sums say. Pure."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact

# Operations that carry data: the dimension ``Operation`` of DynamoDB's metrics.
OPERATIONS: Final = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactGetItems",
    "TransactWriteItems",
)
EVENTS: Final = ("ReadThrottleEvents", "WriteThrottleEvents")
HOUR: Final = 3600


class Question(Struct, frozen=True, kw_only=True):
    """One metric of one table. ``operation`` is empty for a metric of the whole table."""

    id: str
    table: str
    metric: str
    operation: str = ""

    @property
    def query(self) -> dict[str, Any]:
        """As get_metric_data wants it: sums an hour, and counts of requests by their measured latencies."""
        named = {"TableName": self.table, **({"Operation": self.operation} if self.operation else {})}
        dimensions = [{"Name": name, "Value": value} for name, value in named.items()]
        metric = {"Namespace": "AWS/DynamoDB", "MetricName": self.metric, "Dimensions": dimensions}
        statistic = "SampleCount" if self.metric == "SuccessfulRequestLatency" else "Sum"
        return {"Id": self.id, "MetricStat": {"Metric": metric, "Period": HOUR, "Stat": statistic}}


class MetricResult(Fact, frozen=True, kw_only=True):
    id: str
    status_code: str
    values: tuple[float, ...]


class OperationLoad(Struct, frozen=True, kw_only=True):
    answered: float = 0.0
    throttled: float = 0.0

    @property
    def share(self) -> float:
        """Percent of the requests that were throttled; 0 where nothing was asked."""
        asked = self.answered + self.throttled
        return self.throttled / asked * 100 if asked else 0.0  # in this order it never exceeds 100


class Load(Struct, frozen=True, kw_only=True):
    """Sums of a day. ``events`` are throttled reads and writes, of which one request may hold many."""

    events: Mapping[str, float]
    operations: Mapping[str, OperationLoad]

    @property
    def throttles(self) -> float:
        return sum(self.events.values()) + sum(one.throttled for one in self.operations.values())

    @property
    def worst(self) -> tuple[str, float]:
        """The operation with the largest share of throttled requests, and that share in percent."""
        return max(((name, one.share) for name, one in self.operations.items()), key=lambda one: one[1])


def questions(tables: tuple[str, ...]) -> tuple[Question, ...]:
    found = []
    for place, table in enumerate(tables):
        wanted = [(event, "") for event in EVENTS]
        wanted += [(metric, one) for one in OPERATIONS for metric in ("ThrottledRequests", "SuccessfulRequestLatency")]
        found += [
            Question(id=f"t{place}m{number}", table=table, metric=metric, operation=operation)
            for number, (metric, operation) in enumerate(wanted)
        ]
    return tuple(found)


def load_of(asked: Iterable[Question], results: Iterable[MetricResult]) -> Mapping[str, Load]:
    """By table. Malformed when CloudWatch left a question unanswered: no answer is not the same as no throttle."""
    sums: dict[str, float] = {}
    complete = set()
    for one in results:
        if one.status_code not in ("Complete", "PartialData") or not all(map(isfinite, one.values)):
            raise Malformed(f"CloudWatch could not answer {one.id}: {one.status_code}", remedy="re-check")
        sums[one.id] = sums.get(one.id, 0.0) + sum(one.values)
        complete |= {one.id} if one.status_code == "Complete" else set()
    by_table: dict[str, dict[tuple[str, str], float]] = {}
    for question in asked:
        if question.id not in complete:
            raise Malformed(f"CloudWatch answered {question.metric} of {question.table} not at all", remedy="re-check")
        by_table.setdefault(question.table, {})[question.metric, question.operation] = sums[question.id]
    return {table: _load(found) for table, found in by_table.items()}


def _load(found: Mapping[tuple[str, str], float]) -> Load:
    return Load(
        events={event: found[event, ""] for event in EVENTS},
        operations={
            one: OperationLoad(
                answered=found["SuccessfulRequestLatency", one], throttled=found["ThrottledRequests", one]
            )
            for one in OPERATIONS
        },
    )
