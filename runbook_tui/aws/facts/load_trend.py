"""How a service's load has moved: the mean CPU of each day, in one request."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact
from runbook_tui.aws.facts.listing import listed

DAY_S: Final = 86_400
WEEK: Final = 7


class _Result(Fact, frozen=True, kw_only=True):
    values: tuple[float, ...] = ()


class LoadTrend(Struct, frozen=True, kw_only=True):
    """Per cent, oldest day first. ``first`` and ``last`` are the means of the outer weeks, None without data."""

    days: tuple[float, ...]

    @property
    def first(self) -> float | None:
        return _mean(self.days[:WEEK])

    @property
    def last(self) -> float | None:
        return _mean(self.days[-WEEK:])


class LoadFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of_service(self, cluster: str, service: str, today: date, back: timedelta) -> LoadTrend:
        """Whole days up to yesterday, so that every question of a day is the same one. Days without data are left
        out."""
        end = datetime.combine(today, time(), UTC)
        dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        metric = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": dimensions}
        answer = self._reader.read(
            "cloudwatch",
            "get_metric_data",
            MetricDataQueries=[{"Id": "cpu", "MetricStat": {"Metric": metric, "Period": DAY_S, "Stat": "Average"}}],
            StartTime=end - back,
            EndTime=end,
            ScanBy="TimestampAscending",
        )
        return LoadTrend(
            days=tuple(value for one in listed(answer, "MetricDataResults", _Result) for value in one.values)
        )


def _mean(values: tuple[float, ...]) -> float | None:
    return sum(values) / len(values) if values else None
