"""Logs, the topic, alarms and dashboards: each put right, taken back, and refused when moved."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.core.verdict import Status
from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.seed.observability import BALANCER_ALARM
from tests.support.fixed import Bench, bench, fixes

pytestmark = pytest.mark.slow

PROD = ENVIRONMENTS["prod"]
DASHBOARD = SITE.obs.dashboard_of("prod")
INSIGHTS = f"/aws/ecs/containerinsights/{SITE.ecs.cluster}/performance"
FAIL, WARN = Status.FAIL, Status.WARN


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


def alarms(world: Bench) -> Any:
    """All of them as they can be put, and their tags."""
    api = world.client("cloudwatch")
    found = api.describe_alarms(MaxRecords=100)["MetricAlarms"]
    told = ("State", "AlarmArn", "AlarmConfigurationUpdated")
    kept = {one["AlarmName"]: {k: v for k, v in one.items() if not k.startswith(told)} for one in found}
    tags = {one["AlarmName"]: api.list_tags_for_resource(ResourceARN=one["AlarmArn"])["Tags"] for one in found}
    return kept, tags


DELETED = {
    "alarms.put-errors": (f"{PROD.service}-5xx", "alarm.5xx-target", FAIL),
    "alarms.put-balancer-errors": (BALANCER_ALARM, "alarm.5xx-elb", FAIL),
    "alarms.put-unhealthy-hosts": (f"{PROD.service}-unhealthy-hosts", "alarm.unhealthy-hosts", FAIL),
    "alarms.put-latency": (f"{PROD.service}-p95", "alarm.latency", WARN),
    "alarms.put-load": (f"{PROD.service}-memory-high", "alarm.scaling", WARN),
}


@pytest.mark.parametrize("action", DELETED)
def test_a_missing_alarm_is_put(world: Bench, tmp_path: Path, action: str) -> None:
    """That one alone, though others are looked at; it tells the topic."""
    name, check, status = DELETED[action]
    world.client("cloudwatch").delete_alarms(AlarmNames=[name])
    made = fixes(world, tmp_path, action, lambda: alarms(world), {check: status})
    assert made.plan is not None
    assert [one.parameters["AlarmName"] for one in made.plan.calls] == [name]


def test_an_alarm_that_is_put_again_keeps_whom_it_told(world: Bench, tmp_path: Path) -> None:
    """The threshold is the site's again; another topic of the alarm stays."""
    name, other = f"{PROD.service}-5xx", f"arn:aws:sns:ap-south-1:{world.inside.world.account}:other"
    settings = alarms(world)[0][name]
    api = world.client("cloudwatch")
    api.put_metric_alarm(**{**settings, "Threshold": 5000.0, "AlarmActions": [other], "TreatMissingData": "missing"})
    made = fixes(world, tmp_path, "alarms.put-errors", lambda: alarms(world), {"alarm.5xx-target": WARN})
    assert made.plan is not None
    topic = world.inside.world.arn("sns", SITE.obs.topic)
    assert made.plan.calls[0].parameters["AlarmActions"] == [other, topic]


def test_actions_are_enabled_again(world: Bench, tmp_path: Path) -> None:
    """Nothing of the alarm but the switch is touched."""
    world.client("cloudwatch").disable_alarm_actions(AlarmNames=[f"{PROD.service}-unhealthy-hosts"])
    made = fixes(world, tmp_path, "alarms.tell-topic", lambda: alarms(world), {"alarm.actions": FAIL})
    assert made.plan is not None
    assert [one.operation for one in made.plan.calls] == ["enable_alarm_actions"]


def test_an_alarm_that_tells_nobody_is_given_the_topic(world: Bench, tmp_path: Path) -> None:
    """The whole recorded alarm is sent, with the topic in it."""
    name = f"{PROD.service}-p95"
    settings = alarms(world)[0][name]
    world.client("cloudwatch").put_metric_alarm(**{**settings, "AlarmActions": [], "OKActions": []})
    made = fixes(world, tmp_path, "alarms.tell-topic", lambda: alarms(world), {"alarm.actions": FAIL})
    assert made.plan is not None
    (call,) = made.plan.calls
    assert {**call.parameters, "Dimensions": 0} == {**settings, "Dimensions": 0}


def dashboard(world: Bench) -> Any:
    api = world.client("cloudwatch")
    names = [one["DashboardName"] for one in api.list_dashboards()["DashboardEntries"]]
    return json.loads(api.get_dashboard(DashboardName=DASHBOARD)["DashboardBody"]) if DASHBOARD in names else None


def test_a_missing_dashboard_is_put(world: Bench, tmp_path: Path) -> None:
    """And deleted by the undo."""
    world.client("cloudwatch").delete_dashboards(DashboardNames=[DASHBOARD])
    checks = {"dash.exists": FAIL, "dash.widgets": Status.SKIP}
    fixes(world, tmp_path, "cloudwatch.put-dashboard", lambda: dashboard(world), checks)


def test_widgets_of_ones_own_stay_and_show_what_is_live(world: Bench, tmp_path: Path) -> None:
    """A widget of a target group that was deleted shows the one that is there."""
    gone = ["TargetGroup", f"targetgroup/{PROD.target_group}/0123456789abcdef"]
    own = {
        "type": "metric",
        "properties": {"title": "Mine", "metrics": [["AWS/ApplicationELB", "RequestCount", *gone]]},
    }
    body = {"start": "-PT3H", "widgets": [own, {"type": "text", "properties": {"markdown": "hello"}}]}
    world.client("cloudwatch").put_dashboard(DashboardName=DASHBOARD, DashboardBody=json.dumps(body))
    fixes(world, tmp_path, "cloudwatch.put-dashboard", lambda: dashboard(world), {"dash.widgets": FAIL})
    after = dashboard(world)
    assert after["start"] == "-PT3H"
    assert after["widgets"][-1] == body["widgets"][1]
    assert "0123456789abcdef" not in json.dumps(after)
    assert len(after["widgets"]) == 6


def test_a_broken_dashboard_is_replaced(world: Bench, tmp_path: Path) -> None:
    """Of a body without widgets nothing is kept; the undo brings it back as it was."""
    world.client("cloudwatch").put_dashboard(DashboardName=DASHBOARD, DashboardBody='{"pages": []}')
    fixes(world, tmp_path, "cloudwatch.put-dashboard", lambda: dashboard(world), {"dash.exists": FAIL})


def group(world: Bench, name: str) -> Any:
    found = world.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return [(one["logGroupName"], one.get("retentionInDays")) for one in found if one["logGroupName"] == name]


def test_a_missing_log_group_is_made_with_its_retention(world: Bench, tmp_path: Path) -> None:
    """Both checks of it pass at once."""
    world.client("logs").delete_log_group(logGroupName=PROD.log_group)
    checks = {"logs.group.exists": FAIL, "logs.group.retention": Status.SKIP}
    fixes(world, tmp_path, "logs.create-group", lambda: group(world, PROD.log_group), checks)


@pytest.mark.parametrize(
    ("action", "name", "check"),
    [
        ("logs.set-retention", PROD.log_group, "logs.group.retention"),
        ("logs.set-insights-retention", INSIGHTS, "logs.insights-group"),
    ],
)
def test_what_never_expires_does(world: Bench, tmp_path: Path, action: str, name: str, check: str) -> None:
    """Each action sets the group of its own check."""
    world.client("logs").delete_retention_policy(logGroupName=name)
    fixes(world, tmp_path, action, lambda: group(world, name), {check: WARN}, {"days": "30"})


def test_a_missing_metric_filter_is_put(world: Bench, tmp_path: Path) -> None:
    """With the pattern that the operator gives."""
    wanting, logs = world.of_site("obs", metric_filters=("failures",)), world.client("logs")

    def filters() -> Any:
        found = logs.describe_metric_filters(logGroupName=PROD.log_group)["metricFilters"]
        return [(one["filterName"], one["filterPattern"], one["metricTransformations"]) for one in found]

    given = {"pattern-failures": "?ERROR ?FATAL"}
    fixes(wanting, tmp_path, "logs.put-metric-filters", filters, {"logs.metric-filters": WARN}, given)


def sns(world: Bench) -> Callable[[], Any]:
    api, topic = world.client("sns"), world.inside.world.arn("sns", SITE.obs.topic)

    def look() -> Any:
        arns = [one["TopicArn"] for one in api.list_topics()["Topics"]]
        found = api.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] if topic in arns else ()
        return arns, sorted((one["Protocol"], one["Endpoint"]) for one in found)

    return look


def test_a_missing_topic_is_made_and_somebody_subscribed(world: Bench, tmp_path: Path) -> None:
    """A queue hears at once; a mail address has to confirm first."""
    world.client("sns").delete_topic(TopicArn=world.inside.world.arn("sns", SITE.obs.topic))
    made, told = tmp_path / "made", tmp_path / "told"
    made.mkdir()
    told.mkdir()
    fixes(world, made, "sns.create-topic", sns(world), {"sns.topic": FAIL})
    queue = world.inside.world.arn("sqs", "pages")
    given = {"protocol": "sqs", "endpoint": queue}
    fixes(world, told, "sns.subscribe", sns(world), {"sns.subscriptions": FAIL}, given)
