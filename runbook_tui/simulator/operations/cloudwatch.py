"""CloudWatch: metrics that follow the load and the world, metric math, and metrics that somebody puts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from runbook_tui.simulator.metrics.arithmetic import Line
from runbook_tui.simulator.metrics.custom import values_sample
from runbook_tui.simulator.metrics.load import minute_of, time_of
from runbook_tui.simulator.metrics.published import Name
from runbook_tui.simulator.metrics.queries import Queries, check_period, check_statistic, name_of
from runbook_tui.simulator.metrics.sample import Sample, single, statistic_of
from runbook_tui.simulator.metrics.series import index, samples
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.wire_times import aware
from runbook_tui.simulator.world import World

_QUERIES = 500
_DATAPOINTS = 100_800  # of one answer of GetMetricData
_STATISTICS = 1440  # of one answer of GetMetricStatistics
_LISTED = timedelta(days=14)
_EARLIEST, _LATEST = timedelta(days=14), timedelta(hours=2)  # what PutMetricData accepts


@overlay("cloudwatch", "GetMetricData")
def get_metric_data(world: World, parameters: Parameters) -> Reply:
    asked = parameters["MetricDataQueries"]
    if len(asked) > _QUERIES:
        raise Refused(
            "ValidationError", f"The collection MetricDataQueries must not have a size greater than {_QUERIES}."
        )
    start, end = _range(world, parameters["StartTime"], parameters["EndTime"], "ValidationError")
    queries = Queries(world, asked, start, end)
    lines = [
        (str(query["Id"]), line) for query in asked if query.get("ReturnData", True) for line in _lines(queries, query)
    ]
    most = min(int(parameters.get("MaxDatapoints") or _DATAPOINTS), _DATAPOINTS)
    results, token = _paged(lines, most, parameters)
    return {"MetricDataResults": results, "NextToken": token, "Messages": []}


def _lines(queries: Queries, query: Mapping[str, Any]) -> Sequence[Line]:
    value = queries.value(str(query["Id"]))
    label = query.get("Label")
    if isinstance(value, float):
        raise Refused("ValidationError", f"Error in expression '{query['Id']}': the result is a number, no time series")
    if isinstance(value, Line):
        return [
            Line(str(label or (query["Id"] if query.get("Expression") else value.label)), value.period, value.points)
        ]
    return value


def _paged(
    lines: Sequence[tuple[str, Line]], most: int, parameters: Parameters
) -> tuple[list[dict[str, Any]], str | None]:
    """So many datapoints of each, then the next page; the token is where it starts."""
    start = _token(parameters.get("NextToken"))
    newest_first = parameters.get("ScanBy") != "TimestampAscending"
    each = max(1, most // max(1, len(lines)))
    results, more = [], False
    for identity, line in lines:
        times = sorted(line.points, reverse=newest_first)
        chosen = times[start : start + each]
        cut = len(times) > start + each
        more = more or cut
        results.append(
            {
                "Id": identity,
                "Label": line.label,
                "Timestamps": chosen,
                "Values": [line.points[at] for at in chosen],
                "StatusCode": "PartialData" if cut else "Complete",
            }
        )
    return results, str(start + each) if more else None


def _token(token: str | None) -> int:
    if token and not token.isdecimal():
        raise Refused("InvalidNextToken", "The next token specified is invalid.")
    return int(token or 0)


def _range(world: World, start: datetime, end: datetime, code: str) -> tuple[datetime, datetime]:
    """The start is rounded down, the more the older it is."""
    start, end = aware(start), aware(end)
    if start >= end:
        raise Refused(code, "The parameter StartTime must be less than the parameter EndTime.")
    age = world.clock.now() - start
    step = 60 if age > timedelta(days=63) else 5 if age > timedelta(days=15) else 1
    return time_of(minute_of(start) // step * step), end


@overlay("cloudwatch", "GetMetricStatistics")
def get_metric_statistics(world: World, parameters: Parameters) -> Reply:
    code = "InvalidParameterValue"
    start, end = _range(world, parameters["StartTime"], parameters["EndTime"], code)
    period, name = check_period(int(parameters["Period"])), name_of(parameters)
    plain, more = parameters.get("Statistics") or (), parameters.get("ExtendedStatistics") or ()
    if bool(plain) == bool(more):
        raise Refused("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics")
    asked = -int((start - end) // timedelta(seconds=period))
    if asked > _STATISTICS:
        text = (
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of {_STATISTICS:,}. "
            "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        )
        raise Refused("InvalidParameterCombination", text)
    for statistic in (*plain, *more):
        check_statistic(statistic)
    unit = _unit(world, name)
    if parameters.get("Unit") not in (None, unit):
        return {"Label": name.metric, "Datapoints": []}
    points = [_datapoint(at, sample, unit, plain, more) for at, sample in samples(world, name, start, end, period)]
    return {"Label": name.metric, "Datapoints": points}


def _datapoint(at: datetime, sample: Sample, unit: str, plain: Sequence[str], more: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"Timestamp": at, "Unit": unit}
    found.update({each: statistic_of(sample, each) for each in plain})
    if more:
        found["ExtendedStatistics"] = {each: statistic_of(sample, each) for each in more}
    return found


def _unit(world: World, name: Name) -> str:
    known = index(world).get(name)
    return known.unit if known is not None else world.monitoring.custom.names().get(name, "None")


@overlay("cloudwatch", "ListMetrics")
def list_metrics(world: World, parameters: Parameters) -> Reply:
    """Metrics with data in the last two weeks."""
    wanted = parameters.get("Dimensions") or ()
    names = [
        name
        for name in _names(world, recent=bool(parameters.get("RecentlyActive")))
        if parameters.get("Namespace") in (None, name.namespace)
        and parameters.get("MetricName") in (None, name.metric)
        and all(_has(name, each) for each in wanted)
    ]
    items, token = page(
        sorted(names, key=lambda name: (name.namespace, name.metric, name.dimensions)),
        parameters,
        size="MaxResults",
        token="NextToken",  # noqa: S106
        limit=500,
    )
    return {"Metrics": [_listed(each) for each in items], "NextToken": token}


def _names(world: World, *, recent: bool) -> list[Name]:
    now = world.clock.now()
    since = now - (timedelta(hours=3) if recent else _LISTED)
    present = index(world)
    computed = [name for name in present if samples(world, name, now - timedelta(hours=1), now, 3600)]
    put = world.monitoring.custom
    return [*computed, *(name for name in put.names() if name not in present and time_of(put.last(name)) >= since)]


def _has(name: Name, wanted: Mapping[str, str]) -> bool:
    return any(key == wanted["Name"] and wanted.get("Value") in (None, value) for key, value in name.dimensions)


def _listed(name: Name) -> dict[str, Any]:
    dimensions = [{"Name": key, "Value": value} for key, value in name.dimensions]
    return {"Namespace": name.namespace, "MetricName": name.metric, "Dimensions": dimensions}


@overlay("cloudwatch", "PutMetricData")
def put_metric_data(world: World, parameters: Parameters) -> Reply:
    namespace, now = parameters["Namespace"], world.clock.now()
    if namespace.startswith("AWS/"):
        raise Refused("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
    for datum in parameters.get("MetricData") or ():
        at = aware(datum.get("Timestamp") or now)
        if not now - _EARLIEST <= at <= now + _LATEST:
            raise Refused(
                "InvalidParameterValue",
                f"The parameter MetricData.member.1.Timestamp must specify a time no more than two weeks in the past "
                f"and no more than two hours in the future: {at.isoformat()}",
            )
        name = name_of({**datum, "Namespace": namespace})
        world.monitoring.custom.put(name, minute_of(at), _put_sample(datum), datum.get("Unit") or "None")
    return {}


def _put_sample(datum: Mapping[str, Any]) -> Sample:
    if datum.get("Values"):
        values, counts = datum["Values"], datum.get("Counts") or ()
        if counts and len(counts) != len(values):
            raise Refused("InvalidParameterValue", "The parameters Values and Counts must have the same size.")
        return values_sample([float(each) for each in values], [float(each) for each in counts])
    if datum.get("StatisticValues"):
        whole = datum["StatisticValues"]
        return Sample(
            float(whole["SampleCount"]), float(whole["Sum"]), float(whole["Minimum"]), float(whole["Maximum"])
        )
    if datum.get("Value") is None:
        raise Refused(
            "MissingParameter", "At least one of the parameters Value, Values or StatisticValues is required."
        )
    return single(float(datum["Value"]))
