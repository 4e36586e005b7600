"""Series of metrics, as CloudWatch computes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed, ServerFault
from runbook_tui.aws.facts.border import Fact
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment

MINUTE: Final = timedelta(minutes=1)

Series = Mapping[datetime, float]


class Wanted(Struct, frozen=True, kw_only=True):
    """One series: ``id`` names it in the answer, ``where`` are all its dimensions, ``period`` is in seconds."""

    id: str
    namespace: str
    metric: str
    where: Mapping[str, str]
    stat: str
    period: int = 60


class Window(Struct, frozen=True, kw_only=True):
    """From ``start`` to before ``end``, whole minutes."""

    start: datetime
    end: datetime

    @classmethod
    def before(cls, now: datetime, minutes: int) -> "Window":
        """So many whole minutes that ended a minute ago: of the last one CloudWatch does not have all yet."""
        end = now.replace(second=0, microsecond=0) - MINUTE
        return cls(start=end - minutes * MINUTE, end=end)

    def earlier(self, span: timedelta) -> "Window":
        return Window(start=self.start - span, end=self.end - span)

    @property
    def minutes(self) -> tuple[datetime, ...]:
        return tuple(self.start + number * MINUTE for number in range(int((self.end - self.start) / MINUTE)))


class _Result(Fact, frozen=True, kw_only=True):
    id: str
    timestamps: tuple[Moment, ...] = ()
    values: tuple[float, ...] = ()
    status_code: str = "Complete"


class SeriesFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, wanted: Sequence[Wanted], window: Window) -> Mapping[str, Series]:
        """Every series by its id, in the order of time; periods without data are absent, and so is a zero of many
        metrics. ServerFault when CloudWatch could not compute one to its end."""
        answer = self._reader.read(
            "cloudwatch",
            "get_metric_data",
            MetricDataQueries=[_query(one) for one in wanted],
            StartTime=window.start,
            EndTime=window.end,
            ScanBy="TimestampAscending",
        )
        results = listed(answer, "MetricDataResults", _Result)
        return {one.id: _series(one.id, results) for one in wanted}


def _series(name: str, results: Sequence[_Result]) -> Series:
    """One series may come in parts, page by page; how the last one ended tells whether it is whole."""
    parts = [one for one in results if one.id == name]
    if not parts:
        raise Malformed(f"CloudWatch answered without the series {name}", remedy="re-check")
    if parts[-1].status_code != "Complete":
        raise ServerFault(
            f"CloudWatch has only part of {name} ({parts[-1].status_code})", remedy="re-check in a minute"
        )
    if any(len(one.timestamps) != len(one.values) for one in parts):
        raise Malformed(f"CloudWatch answered {name} with times and values that do not match", remedy="re-check")
    points = {at: value for one in parts for at, value in zip(one.timestamps, one.values, strict=True)}
    return dict(sorted(points.items()))


def _query(wanted: Wanted) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(wanted.where.items())]
    metric = {"Namespace": wanted.namespace, "MetricName": wanted.metric, "Dimensions": dimensions}
    return {
        "Id": wanted.id,
        "MetricStat": {"Metric": metric, "Period": wanted.period, "Stat": wanted.stat},
        "ReturnData": True,
    }
