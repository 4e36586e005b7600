"""Metrics of a simulated world, as the API gives them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runbook_tui.simulator.metrics.load import minute_of, time_of
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World
from tests.support.shapes import asked
from tests.support.stepped import CLUSTER, PROD, advance, stepped

pytestmark = pytest.mark.slow

_DAY = timedelta(days=1)
_SERVICE = [{"Name": "ClusterName", "Value": CLUSTER}, {"Name": "ServiceName", "Value": PROD}]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """At a full hour, so that hours are whole ones."""
    with stepped() as simulator:
        now = simulator.world.clock.now()
        advance(simulator.world, 3600 - now.minute * 60 - now.second - now.microsecond / 1e6)
        yield simulator.world


def _target(world: World) -> list[dict[str, str]]:
    (alarm,) = world.call("cloudwatch", "DescribeAlarms", AlarmNames=[f"{PROD}-5xx"])["MetricAlarms"]
    dimensions: list[dict[str, str]] = alarm["Dimensions"]
    return dimensions


def _metric(
    identity: str, namespace: str, metric: str, dimensions: Any, statistic: str, period: int = 60
) -> dict[str, Any]:
    return {
        "Id": identity,
        "MetricStat": {
            "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions},
            "Period": period,
            "Stat": statistic,
        },
    }


def _data(world: World, queries: list[dict[str, Any]], span: timedelta, **more: Any) -> dict[str, dict[str, Any]]:
    end = time_of(minute_of(world.clock.now()))
    answer = asked(
        world, "cloudwatch", "GetMetricData", MetricDataQueries=queries, StartTime=end - span, EndTime=end, **more
    )
    return {each["Id"]: each for each in answer["MetricDataResults"]}


def _requests(
    world: World, statistic: str = "Sum", period: int = 60, span: timedelta = timedelta(minutes=10)
) -> list[float]:
    query = _metric("m", "AWS/ApplicationELB", "RequestCount", _target(world), statistic, period)
    values: list[float] = _data(world, [query], span, ScanBy="TimestampAscending")["m"]["Values"]
    return values


def test_ninety_days_are_there_at_once(world: World) -> None:
    """By the hour, with a low and a peak each day."""
    queries = [
        _metric("cpu", "AWS/ECS", "CPUUtilization", _SERVICE, "Average", 3600),
        _metric("tasks", "ECS/ContainerInsights", "RunningTaskCount", _SERVICE, "Average", 3600),
    ]
    found = _data(world, queries, 90 * _DAY)
    assert [len(each["Values"]) for each in found.values()] == [2160, 2160]
    assert 30 < min(found["cpu"]["Values"]) < 36
    assert 48 < max(found["cpu"]["Values"]) < 60
    assert set(found["tasks"]["Values"]) == {2.0}
    assert found["cpu"]["Timestamps"] == sorted(found["cpu"]["Timestamps"], reverse=True)


def test_old_minutes_are_gone_but_not_old_hours(world: World) -> None:
    """Minutes stay for 15 days, five minutes for 63."""
    lengths = []
    for period, span in ((60, 16 * _DAY), (300, 64 * _DAY), (3600, 64 * _DAY)):
        query = _metric("m", "AWS/ECS", "CPUUtilization", _SERVICE, "Average", period)
        lengths.append(len(_data(world, [query], span)["m"]["Values"]))
    assert lengths == [15 * 1440, 63 * 288, 64 * 24]


def test_periods_add_up(world: World) -> None:
    """Five minutes are the sum of their minutes, an hour nearly."""
    minutes, hour = _requests(world, span=timedelta(hours=1)), timedelta(hours=1)
    assert sum(_requests(world, period=300, span=hour)) == sum(minutes)
    assert _requests(world, period=3600, span=hour) == [pytest.approx(sum(minutes), rel=0.002)]


def test_the_past_does_not_change_when_the_world_does(world: World) -> None:
    """Tasks stop and traffic grows: what was measured stays, what comes is different."""
    before = _requests(world)
    spike = world.load.spike("prod", 2.0, world.clock.now(), 3)
    world.call("ecs", "UpdateService", cluster=CLUSTER, service=PROD, desiredCount=3)
    advance(world, 240)
    query = _metric("m", "ECS/ContainerInsights", "RunningTaskCount", _SERVICE, "Maximum")
    tasks = _data(world, [query], timedelta(minutes=14))["m"]["Values"]
    after = _requests(world, span=timedelta(minutes=14))
    assert after[:10] == before
    assert max(after[10:13]) > 1.8 * max(before)
    assert (tasks[0], set(tasks[4:])) == (3.0, {2.0})
    world.load.cancel(spike, world.clock.now())
    world.call("ecs", "UpdateService", cluster=CLUSTER, service=PROD, desiredCount=2)
    advance(world, 600)


def test_dimensions_are_the_true_ones(world: World) -> None:
    """What the load balancer makes itself has no target group; zones are shares of the whole."""
    listed = asked(world, "cloudwatch", "ListMetrics", Namespace="AWS/ApplicationELB")["Metrics"]
    names = {(each["MetricName"], tuple(sorted(part["Name"] for part in each["Dimensions"]))) for each in listed}
    assert ("RequestCount", ("LoadBalancer", "TargetGroup")) in names
    assert ("RequestCount", ("AvailabilityZone", "LoadBalancer", "TargetGroup")) in names
    assert ("HealthyHostCount", ("LoadBalancer", "TargetGroup")) in names
    assert ("HealthyHostCount", ("LoadBalancer",)) not in names
    assert not any(metric.startswith("HTTPCode_ELB") and "TargetGroup" in parts for metric, parts in names)
    target = _target(world)
    zones = [[*target, {"Name": "AvailabilityZone", "Value": f"{world.region}{zone}"}] for zone in "ab"]
    parts = [
        _data(world, [_metric("m", "AWS/ApplicationELB", "RequestCount", each, "Sum")], timedelta(minutes=5))["m"][
            "Values"
        ]
        for each in zones
    ]
    assert [sum(each) for each in zip(*parts, strict=True)] == _requests(world, span=timedelta(minutes=5))[::-1]
    balancer = [each for each in target if each["Name"] == "LoadBalancer"]
    whole = _data(world, [_metric("m", "AWS/ApplicationELB", "RequestCount", balancer, "Sum")], timedelta(minutes=5))
    assert sum(whole["m"]["Values"]) > sum(_requests(world, span=timedelta(minutes=5)))


def test_a_metric_of_no_resource_has_no_data(world: World) -> None:
    """Nor has one with a dimension too few."""
    wrong = _metric("m", "AWS/ECS", "CPUUtilization", _SERVICE[:1], "Average")
    assert _data(world, [wrong], timedelta(minutes=5))["m"]["Values"] == []


def test_statistics_with_percentiles(world: World) -> None:
    """By the older operation too, with units; plain and extended ones not at once."""
    end = world.clock.now()
    common = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "TargetResponseTime",
        "Dimensions": _target(world),
        "StartTime": end - timedelta(minutes=10),
        "EndTime": end,
        "Period": 300,
    }
    ranks = ["p50", "p95", "p99", "p99.9", "TM(10%:90%)"]
    points = asked(world, "cloudwatch", "GetMetricStatistics", **common, ExtendedStatistics=ranks)["Datapoints"]
    found = points[0]["ExtendedStatistics"]
    assert points[0]["Unit"] == "Seconds"
    assert 0.05 < found["TM(10%:90%)"] < found["p95"] < found["p99"] < found["p99.9"] < 2
    plain = asked(
        world, "cloudwatch", "GetMetricStatistics", **common, Statistics=["Average", "SampleCount", "Maximum"]
    )
    assert plain["Datapoints"][0]["Average"] < found["p95"] < plain["Datapoints"][0]["Maximum"]
    with pytest.raises(Refused, match="Must specify either"):
        world.call("cloudwatch", "GetMetricStatistics", **common)
    with pytest.raises(Refused, match=r"exceeds the limit of 1,440"):
        world.call(
            "cloudwatch",
            "GetMetricStatistics",
            **{**common, "StartTime": end - 2 * _DAY, "Period": 60},
            Statistics=["Sum"],
        )


def test_metric_math_over_the_api(world: World) -> None:
    """An error rate with gaps filled, a rate of nothing, and what is only an ingredient stays out."""
    target = _target(world)
    queries = [
        {**_metric("errors", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", target, "Sum"), "ReturnData": False},
        {**_metric("all", "AWS/ApplicationELB", "RequestCount", target, "Sum"), "ReturnData": False},
        {"Id": "percent", "Expression": "100 * FILL(errors, 0) / all", "Label": "5xx %"},
        {
            "Id": "found",
            "Expression": "SEARCH('{AWS/ECS,ClusterName,ServiceName} MetricName=\"CPUUtilization\"', 'Average', 60)",
        },
    ]
    end = time_of(minute_of(world.clock.now()))
    answer = asked(
        world,
        "cloudwatch",
        "GetMetricData",
        MetricDataQueries=queries,
        StartTime=end - timedelta(minutes=30),
        EndTime=end,
    )["MetricDataResults"]
    assert [each["Id"] for each in answer] == ["percent", "found", "found"]
    assert (answer[0]["Label"], len(answer[0]["Values"])) == ("5xx %", 30)
    assert max(answer[0]["Values"]) < 1
    assert all(len(each["Values"]) == 30 for each in answer)


@pytest.mark.parametrize(
    "query",
    [
        {"Id": "e", "Expression": "ANOMALY_DETECTION_BAND(m)"},
        {"Id": "e", "Expression": 'SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/ECS")'},
        {"Id": "e", "Expression": "unknown * 2"},
        {"Id": "e", "Expression": "e * 2"},
        {"Id": "e"},
        {"Id": "E", "Expression": "1"},
        _metric("e", "AWS/ECS", "CPUUtilization", _SERVICE, "Median"),
        _metric("e", "AWS/ECS", "CPUUtilization", _SERVICE, "Average", 90),
    ],
)
def test_what_cannot_be_computed_is_refused(world: World, query: dict[str, Any]) -> None:
    """Never answered with nothing."""
    with pytest.raises(Refused) as raised:
        _data(world, [query], timedelta(minutes=5))
    assert raised.value.code in ("ValidationError", "NotSimulated")


def test_pages_hold_all_of_it(world: World) -> None:
    """Every datapoint once, whatever the size of a page."""
    query, end = _metric("m", "AWS/ECS", "CPUUtilization", _SERVICE, "Average"), time_of(minute_of(world.clock.now()))
    common = {
        "MetricDataQueries": [query],
        "StartTime": end - timedelta(minutes=25),
        "EndTime": end,
        "MaxDatapoints": 10,
    }
    values, token, codes = [], None, []
    while True:
        answer = asked(world, "cloudwatch", "GetMetricData", **common, **({"NextToken": token} if token else {}))
        values += answer["MetricDataResults"][0]["Values"]
        codes.append(answer["MetricDataResults"][0]["StatusCode"])
        token = answer.get("NextToken")
        if not token:
            break
    assert codes == ["PartialData", "PartialData", "Complete"]
    assert values == _data(world, [query], timedelta(minutes=25))["m"]["Values"]


def test_metrics_of_ones_own(world: World) -> None:
    """Values, counts and statistic sets of a minute come together; AWS's namespaces are not for others."""
    dimensions = [{"Name": "Service", "Value": "mailer"}]
    at = world.clock.now() - timedelta(minutes=2)
    data = [
        {"MetricName": "Mails", "Dimensions": dimensions, "Timestamp": at, "Value": 4.0, "Unit": "Count"},
        {"MetricName": "Mails", "Dimensions": dimensions, "Timestamp": at, "Values": [1.0, 2.0], "Counts": [1.0, 3.0]},
        {
            "MetricName": "Mails",
            "Dimensions": dimensions,
            "Timestamp": at,
            "StatisticValues": {"SampleCount": 2, "Sum": 10, "Minimum": 3, "Maximum": 7},
        },
    ]
    world.call("cloudwatch", "PutMetricData", Namespace="Asharvi", MetricData=data)
    found = {
        each: _data(world, [_metric("m", "Asharvi", "Mails", dimensions, each)], timedelta(minutes=5))["m"]["Values"]
        for each in ("Sum", "SampleCount", "Minimum", "Maximum")
    }
    assert found == {"Sum": [21.0], "SampleCount": [7.0], "Minimum": [1.0], "Maximum": [7.0]}
    listed = asked(world, "cloudwatch", "ListMetrics", Namespace="Asharvi")["Metrics"]
    assert listed == [{"Namespace": "Asharvi", "MetricName": "Mails", "Dimensions": dimensions}]
    with pytest.raises(Refused, match="AWS/"):
        world.call("cloudwatch", "PutMetricData", Namespace="AWS/ECS", MetricData=data)


def test_real_requests_count_too(world: World) -> None:
    """What a visitor asked of the load balancer is added to the load, once its minute is over."""
    balancer = world.call("elbv2", "DescribeLoadBalancers")["LoadBalancers"][0]["LoadBalancerArn"]
    (group,) = world.call("elbv2", "DescribeTargetGroups", Names=["asharvi-backend-tg-prod"])["TargetGroups"]
    advance(world, 60 - world.clock.now().second)
    for status in (200, 500, 500):
        world.traffic.record(group["TargetGroupArn"], balancer, status, 0.2, world.clock.now())
    own = world.load.requests("prod", minute_of(world.clock.now()))
    advance(world, 60)
    assert _requests(world, span=timedelta(minutes=1))[0] - 3 in (int(own), int(own) + 1)
    query = _metric("m", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", _target(world), "Sum")
    assert _data(world, [query], timedelta(minutes=1))["m"]["Values"][0] >= 2
