"""Which alarms are those that the guide asks for, by what they watch and when they ring. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from runbook_tui.aws.facts.alarms import MetricAlarm, MetricStat
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.core.site import Environment, Site

BALANCER: Final = "AWS/ApplicationELB"
ECS: Final = "AWS/ECS"
INSIGHTS: Final = "ECS/ContainerInsights"
TARGET_5XX: Final = "HTTPCode_Target_5XX_Count"
ELB_5XX: Final = "HTTPCode_ELB_5XX_Count"
CPU: Final = ((ECS, "CPUUtilization"), (INSIGHTS, "CpuUtilized"))
MEMORY: Final = ((ECS, "MemoryUtilization"), (INSIGHTS, "MemoryUtilized"))
TASKS: Final = ((INSIGHTS, "RunningTaskCount"), (INSIGHTS, "DesiredTaskCount"))
_PERCENTILE: Final = re.compile(r"p(\d{1,3}(?:\.\d+)?)")

Found = tuple[MetricAlarm, ...]


def errors_of_targets(alarms: Alarms, site: Site, env: Environment) -> Found:
    return _upward(alarms, lambda one: on_targets(one, TARGET_5XX, site, env))


def errors_of_balancer(alarms: Alarms, site: Site) -> Found:
    """What the load balancer answers itself; only the LoadBalancer dimension has it."""
    return _upward(alarms, lambda one: one.metric.metric_name == ELB_5XX and on_balancer(one, site))


def unhealthy_hosts(alarms: Alarms, site: Site, env: Environment) -> Found:
    few = tuple(
        one
        for one in alarms.metric
        if one.rings_downward and any(on_targets(stat, "HealthyHostCount", site, env) for stat in one.watched)
    )
    return _upward(alarms, lambda one: on_targets(one, "UnHealthyHostCount", site, env)) + few


def slow_answers(alarms: Alarms, site: Site, env: Environment) -> Found:
    """On a percentile from p90 to p99: an average hides the slow tenth."""

    def slow(one: MetricStat) -> bool:
        return on_targets(one, "TargetResponseTime", site, env) and high_percentile(one.stat)

    return _upward(alarms, slow)


def busy(alarms: Alarms, metrics: tuple[tuple[str, str], ...], site: Site, env: Environment) -> Found:
    """Of the service's CPU, memory or tasks; autoscaling's own alarms are left out."""
    found = _upward(alarms, lambda one: on_service(one, metrics, site, env) and one.stat != "SampleCount")
    return tuple(one for one in found if not one.only_scales)


def many_tasks(alarms: Alarms, site: Site, env: Environment) -> Found:
    """Container Insights counts tasks, and so does CPUUtilization: a sample a minute of each task."""

    def counted(one: MetricStat) -> bool:
        return one.stat == "SampleCount" and on_service(one, CPU[:1], site, env)

    found = _upward(alarms, counted)
    return busy(alarms, TASKS, site, env) + tuple(one for one in found if not one.only_scales)


def required(alarms: Alarms, site: Site, env: Environment) -> Mapping[str, Found]:
    """What the guide wants to be told of, with the alarms that tell it."""
    return {
        "errors of targets": errors_of_targets(alarms, site, env),
        "errors of the load balancer": errors_of_balancer(alarms, site),
        "unhealthy hosts": unhealthy_hosts(alarms, site, env),
        "CPU": busy(alarms, CPU, site, env),
        "memory": busy(alarms, MEMORY, site, env),
        "tasks": many_tasks(alarms, site, env),
        "latency": slow_answers(alarms, site, env),
    }


def on_targets(one: MetricStat, name: str, site: Site, env: Environment) -> bool:
    """With both dimensions and no other: with a zone it would be the metric of that zone."""
    where = one.metric.where
    return (
        (one.metric.namespace, one.metric.metric_name) == (BALANCER, name)
        and where.keys() == {"LoadBalancer", "TargetGroup"}
        and is_balancer(where["LoadBalancer"], site)
        and is_group(where["TargetGroup"], env)
    )


def on_balancer(one: MetricStat, site: Site) -> bool:
    """A metric of the whole load balancer."""
    where = one.metric.where
    return (
        one.metric.namespace == BALANCER
        and where.keys() == {"LoadBalancer"}
        and is_balancer(where["LoadBalancer"], site)
    )


def on_service(one: MetricStat, metrics: tuple[tuple[str, str], ...], site: Site, env: Environment) -> bool:
    service = {"ClusterName": site.ecs.cluster, "ServiceName": env.service}
    return (one.metric.namespace, one.metric.metric_name) in metrics and one.metric.where == service


def is_balancer(dimension: str, site: Site) -> bool:
    """The dimension is the end of its ARN: ``app/name/id``."""
    return dimension.startswith(f"app/{site.alb.name}/")


def is_group(dimension: str, env: Environment) -> bool:
    return dimension.startswith(f"targetgroup/{env.target_group}/")


def high_percentile(stat: str) -> bool:
    found = _PERCENTILE.fullmatch(stat)
    return found is not None and 90 <= float(found[1]) <= 99


def names_of(alarms: Alarms, metric: str) -> list[str]:
    """Alarms that watch a metric of this name, of whatever it is: for who looks for the one that should be ours."""
    return sorted(
        one.alarm_name for one in alarms.metric if any(stat.metric.metric_name == metric for stat in one.watched)
    )


def _upward(alarms: Alarms, of: Callable[[MetricStat], bool]) -> Found:
    return tuple(one for one in alarms.metric if one.rings_upward and any(of(stat) for stat in one.watched))
