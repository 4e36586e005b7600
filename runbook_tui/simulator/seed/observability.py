"""Guide, section 8: the topic, the alarms and the dashboards. They are older than the simulation: nothing is new."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct

from runbook_tui.core.site import Environment
from runbook_tui.simulator.metrics import ringing
from runbook_tui.simulator.metrics.load import MINUTE, minute_of, time_of
from runbook_tui.simulator.metrics.observe import conditions
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, ZONE, tags_of
from runbook_tui.simulator.operations.sns import confirm
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

_SINCE = timedelta(days=40)  # longer than CloudWatch keeps the history of alarms
BALANCER_ALARM = "asharvi-backend-alb-5xx"
_MINUTES_OF_TROUBLE = {"Period": 60, "EvaluationPeriods": 5, "DatapointsToAlarm": 3}


class Watched(Struct, frozen=True, kw_only=True):
    """The dimensions of what is watched. ``balancer`` and ``group`` are ARN suffixes."""

    environment: Environment
    balancer: str
    group: str

    @property
    def of_target(self) -> list[dict[str, str]]:
        return listed({"LoadBalancer": self.balancer, "TargetGroup": self.group}, key="Name")

    @property
    def of_service(self) -> list[dict[str, str]]:
        return listed({"ClusterName": SITE.ecs.cluster, "ServiceName": self.environment.service}, key="Name")


def alarm_name(environment: Environment) -> str:
    """The one that a deployment heeds."""
    return f"{environment.service}-5xx"


def seed(world: World) -> None:
    """After the services run. Their load is as old as anything that CloudWatch keeps."""
    topic = _topic(world)
    present, now = conditions(world), world.clock.now()
    world.monitoring.past.begin(present, now)
    long_ago = time_of(minute_of(now)) - _SINCE
    with world.clock.pinned(long_ago):
        for name, settings in _alarms(world, topic):
            _put(world, name, settings)
        for environment in ENVIRONMENTS.values():
            _dashboard(world, watched(world, environment))
    with world.clock.pinned(long_ago + MINUTE):
        ringing.evaluate(world)
    world.monitoring.history.clear()
    world.notifications.clear()


def watched(world: World, environment: Environment) -> Watched:
    balancer = world.call("elbv2", "DescribeLoadBalancers", Names=[SITE.alb.name])["LoadBalancers"][0]
    group = world.call("elbv2", "DescribeTargetGroups", Names=[environment.target_group])["TargetGroups"][0]
    return Watched(
        environment=environment,
        balancer=str(balancer["LoadBalancerArn"]).partition(":loadbalancer/")[2],
        group=str(group["TargetGroupArn"]).rpartition(":")[2],
    )


def _topic(world: World) -> str:
    topic = str(world.call("sns", "CreateTopic", Name=SITE.obs.topic, Tags=listed(SHARED))["TopicArn"])
    world.call("sns", "Subscribe", TopicArn=topic, Protocol="email", Endpoint=f"on-call@{ZONE}")
    for subscription in world.backend("sns").subscriptions.values():
        confirm(subscription)
    return topic


def _put(world: World, name: str, settings: Mapping[str, Any]) -> None:
    world.call("cloudwatch", "PutMetricAlarm", AlarmName=name, **settings)


def _alarms(world: World, topic: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for environment in ENVIRONMENTS.values():
        of = watched(world, environment)
        tell = {"AlarmActions": [topic], "OKActions": [topic], "Tags": listed(tags_of(environment))}
        for name, settings in (*_of_targets(of), *_of_tasks(of)):
            yield f"{environment.service}-{name}", {**settings, **tell}
    yield BALANCER_ALARM, _of_balancer(of, topic)


def _of_targets(of: Watched) -> Iterator[tuple[str, Mapping[str, Any]]]:
    common = {"Namespace": "AWS/ApplicationELB", "Dimensions": of.of_target, "TreatMissingData": "notBreaching"}
    name = of.environment.name
    yield (
        "5xx",
        {
            **common,
            **_MINUTES_OF_TROUBLE,
            "AlarmDescription": f"Too many errors of the {name} backend",
            "MetricName": "HTTPCode_Target_5XX_Count",
            "Statistic": "Sum",
            "Threshold": float(SITE.alarm.count_5xx),
            "ComparisonOperator": "GreaterThanThreshold",
        },
    )
    yield (
        "p95",
        {
            **common,
            **_MINUTES_OF_TROUBLE,
            "AlarmDescription": f"The {name} backend answers slowly",
            "MetricName": "TargetResponseTime",
            "ExtendedStatistic": "p95",
            "Threshold": SITE.alarm.p95_seconds,
            "ComparisonOperator": "GreaterThanThreshold",
        },
    )
    yield (
        "unhealthy-hosts",
        {
            **common,
            "AlarmDescription": f"Targets of the {name} backend are unhealthy",
            "MetricName": "UnHealthyHostCount",
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 3,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        },
    )


def _of_tasks(of: Watched) -> Iterator[tuple[str, Mapping[str, Any]]]:
    name, common = of.environment.name, {"Dimensions": of.of_service, "Period": 60, "EvaluationPeriods": 5}
    high = {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "missing"}
    for metric, word, threshold in (
        ("CPUUtilization", "cpu", SITE.alarm.cpu_high),
        ("MemoryUtilization", "memory", SITE.alarm.mem_high),
    ):
        yield (
            f"{word}-high",
            {
                **common,
                **high,
                "AlarmDescription": f"The {word} of the {name} backend's tasks is nearly used up",
                "Namespace": "AWS/ECS",
                "MetricName": metric,
                "Statistic": "Average",
                "Threshold": float(threshold),
            },
        )
    yield (
        "tasks-at-max",
        {
            **common,
            **high,
            "AlarmDescription": f"The {name} backend cannot scale out any further",
            "Namespace": "ECS/ContainerInsights",
            "MetricName": "RunningTaskCount",
            "Statistic": "Average",
            "Threshold": float(of.environment.scaling.max),
        },
    )


def _of_balancer(of: Watched, topic: str) -> Mapping[str, Any]:
    return {
        **_MINUTES_OF_TROUBLE,
        "AlarmDescription": "The load balancer itself answers 502, 503 or 504",
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "HTTPCode_ELB_5XX_Count",
        "Dimensions": listed({"LoadBalancer": of.balancer}, key="Name"),
        "Statistic": "Sum",
        "Threshold": float(SITE.alarm.count_5xx),
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic],
        "OKActions": [topic],
        "Tags": listed(SHARED),
    }


def _dashboard(world: World, of: Watched) -> None:
    service = ["ClusterName", SITE.ecs.cluster, "ServiceName", of.environment.service]
    target = ["TargetGroup", of.group, "LoadBalancer", of.balancer]
    widgets = [
        _widget(world, 0, "Response time", [["AWS/ApplicationELB", "TargetResponseTime", *target, {"stat": "p95"}]]),
        _widget(world, 1, "Requests", [["AWS/ApplicationELB", "RequestCount", *target, {"stat": "Sum"}]]),
        _widget(
            world,
            2,
            "CPU and memory",
            [["AWS/ECS", name, *service] for name in ("CPUUtilization", "MemoryUtilization")],
        ),
        _widget(world, 3, "Tasks", [["ECS/ContainerInsights", "RunningTaskCount", *service]]),
    ]
    name = SITE.obs.dashboard.replace("<env>", of.environment.name)
    world.call("cloudwatch", "PutDashboard", DashboardName=name, DashboardBody=json.dumps({"widgets": widgets}))


def _widget(world: World, place: int, title: str, metrics: Sequence[Any]) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": place % 2 * 12,
        "y": place // 2 * 6,
        "width": 12,
        "height": 6,
        "properties": {"title": title, "region": world.region, "view": "timeSeries", "period": 60, "metrics": metrics},
    }
