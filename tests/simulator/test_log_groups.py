"""Log groups, their metric filters and the application's own chatter in the simulated world."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator import faults
from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.inside import Inside
from tests.support.shapes import asked
from tests.support.stepped import advance, stepped

pytestmark = pytest.mark.slow

PROD = ENVIRONMENTS["prod"]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture(scope="module")
def world(simulator: Simulator) -> World:
    return simulator.world


def _group(world: World, name: str) -> dict[str, Any]:
    (found,) = asked(world, "logs", "DescribeLogGroups", logGroupNamePrefix=name)["logGroups"]
    return dict(found)


def test_a_group_counts_its_metric_filters(world: World) -> None:
    """One more with each that is put, one fewer when it is deleted; with the group all go."""
    world.call("logs", "CreateLogGroup", logGroupName="/mine", logGroupClass="STANDARD")
    told = {"metricName": "Errors", "metricNamespace": "Mine", "metricValue": "1"}
    for name in ("a", "b"):
        world.call(
            "logs",
            "PutMetricFilter",
            logGroupName="/mine",
            filterName=name,
            filterPattern="ERROR",
            metricTransformations=[told],
        )
    assert _group(world, "/mine")["metricFilterCount"] == 2
    world.call("logs", "DeleteMetricFilter", logGroupName="/mine", filterName="a")
    assert _group(world, "/mine")["metricFilterCount"] == 1
    world.call("logs", "DeleteLogGroup", logGroupName="/mine")
    world.call("logs", "CreateLogGroup", logGroupName="/mine")
    assert _group(world, "/mine")["metricFilterCount"] == 0


def test_a_fault_takes_the_filters_with_the_group(world: World) -> None:
    """And gives both back."""
    faults.set_fault(world, "log-group-missing")
    assert asked(world, "logs", "DescribeLogGroups", logGroupNamePrefix=PROD.log_group)["logGroups"] == []
    faults.clear_fault(world, "log-group-missing")
    assert _group(world, PROD.log_group)["metricFilterCount"] == 1


def test_a_group_has_the_class_it_was_made_with(world: World) -> None:
    """STANDARD unless it was said; groups can be asked for by class, and an unknown class is refused."""
    world.call("logs", "CreateLogGroup", logGroupName="/rare", logGroupClass="INFREQUENT_ACCESS")
    rare = asked(world, "logs", "DescribeLogGroups", logGroupClass="INFREQUENT_ACCESS")["logGroups"]
    assert [each["logGroupName"] for each in rare] == ["/rare"]
    assert _group(world, PROD.log_group)["logGroupClass"] == "STANDARD"


def test_groups_come_in_pages(simulator: Simulator) -> None:
    """Two at a time, each once; a prefix and a pattern at once are refused."""
    client = Inside(simulator).client("logs")
    pages = client.get_paginator("describe_log_groups").paginate(limit=2)
    names = [each["logGroupName"] for page in pages for each in page["logGroups"]]
    assert names == sorted(set(names))
    assert PROD.log_group in names
    with pytest.raises(ClientError, match="mutually exclusive"):
        client.describe_log_groups(logGroupNamePrefix="/a", logGroupNamePattern="b")


def test_the_application_logs_on(world: World) -> None:
    """Whoever looks finds a request within the last quarter of an hour, whatever the hour."""
    advance(world, 7200)
    now = world.clock.now()
    for environment in ENVIRONMENTS.values():
        found = asked(
            world,
            "logs",
            "FilterLogEvents",
            logGroupName=environment.log_group,
            startTime=int((now - timedelta(minutes=15)).timestamp() * 1000),
            filterPattern="{ $.res.statusCode = * }",
        )["events"]
        assert 2 <= len(found) <= 4


def test_errors_become_a_metric(world: World) -> None:
    """What the seed's metric filter finds in the application's lines is counted in the minute of the line."""
    name = {"Namespace": "Asharvi/Backend", "MetricName": "prod-errors"}
    assert asked(world, "cloudwatch", "ListMetrics", **name)["Metrics"] == []
    advance(world, 60)
    world.app_log.write(PROD.service, "error", "MongoServerSelectionError")
    world.app_log.write(PROD.service, "info", "fine")
    advance(world, 60)
    now = world.clock.now()
    points = asked(
        world,
        "cloudwatch",
        "GetMetricStatistics",
        **name,
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert [each["Sum"] for each in points] == [1.0]


def test_a_service_that_is_down_logs_no_request(world: World) -> None:
    """Where no request arrives nothing is written."""
    world.call("ecs", "UpdateService", cluster="asharvi-backend-cluster", service=PROD.service, desiredCount=0)
    advance(world, 900)
    since = int(world.clock.now().timestamp() * 1000)
    advance(world, 1800)
    found = asked(world, "logs", "FilterLogEvents", logGroupName=PROD.log_group, startTime=since)["events"]
    assert found == []
