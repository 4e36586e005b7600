"""Alarms that tell somebody (guide 8.2): each is put whole, with the site's thresholds."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from runbook_tui.actions.observability.putting import Settings, differences, put, recorded, with_topic
from runbook_tui.actions.observability.watched import watched
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.site import Environment, Site

_ABOVE: Final = "GreaterThanThreshold"
_REACHED: Final = "GreaterThanOrEqualToThreshold"
_MINUTES: Final = {"Period": 60, "EvaluationPeriods": 5, "DatapointsToAlarm": 3}


@action("alarms.put-errors", guide="8.2", fixes=("alarm.5xx-target",))
def put_errors(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Somebody is told when the environment's tasks answer too many 5xx."""
    alarm = {
        **_of_balancer("HTTPCode_Target_5XX_Count", watched(aws, site, env).of_targets),
        **_counted(site.alarm.count_5xx),
        "AlarmDescription": f"Too many errors of the {env.name} backend",
    }
    return _plan(aws, site, env, "alarms.put-errors", {f"{env.service}-5xx": alarm})


@action("alarms.put-balancer-errors", guide="8.2", fixes=("alarm.5xx-elb",))
def put_balancer_errors(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Somebody is told when the load balancer itself answers 502, 503 or 504."""
    alarm = {
        **_of_balancer("HTTPCode_ELB_5XX_Count", watched(aws, site, env).of_balancer),
        **_counted(site.alarm.count_5xx),
        "AlarmDescription": "The load balancer itself answers 502, 503 or 504",
    }
    return _plan(aws, site, env, "alarms.put-balancer-errors", {f"{site.alb.name}-5xx": alarm}, shared=True)


@action("alarms.put-unhealthy-hosts", guide="8.2", fixes=("alarm.unhealthy-hosts",))
def put_unhealthy_hosts(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Somebody is told within three minutes when a target is unhealthy."""
    alarm = {
        **_of_balancer("UnHealthyHostCount", watched(aws, site, env).of_targets),
        "AlarmDescription": f"Targets of the {env.name} backend are unhealthy",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 1.0,
        "ComparisonOperator": _REACHED,
    }
    return _plan(aws, site, env, "alarms.put-unhealthy-hosts", {f"{env.service}-unhealthy-hosts": alarm})


@action("alarms.put-latency", guide="8.2", fixes=("alarm.latency",))
def put_latency(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Somebody is told when the slowest requests become too slow."""
    alarm = {
        **_of_balancer("TargetResponseTime", watched(aws, site, env).of_targets),
        **_MINUTES,
        "AlarmDescription": f"The {env.name} backend answers slowly",
        "ExtendedStatistic": "p95",
        "Threshold": float(site.alarm.p95_seconds),
        "ComparisonOperator": _ABOVE,
    }
    return _plan(aws, site, env, "alarms.put-latency", {f"{env.service}-p95": alarm})


@action("alarms.put-load", guide="8.2", fixes=("alarm.scaling",))
def put_load(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Somebody is told when CPU or memory run out, and when autoscaling can start no more tasks."""
    of_service = watched(aws, site, env).of_service
    alarms = {
        f"{env.service}-cpu-high": _load(of_service, "AWS/ECS", "CPUUtilization", site.alarm.cpu_high),
        f"{env.service}-memory-high": _load(of_service, "AWS/ECS", "MemoryUtilization", site.alarm.mem_high),
        f"{env.service}-tasks-at-max": _load(of_service, "ECS/ContainerInsights", "RunningTaskCount", env.scaling.max),
    }
    told = {
        name: {**one, "AlarmDescription": f"The {env.name} backend is near its limit: {one['MetricName']}"}
        for name, one in alarms.items()
    }
    return _plan(aws, site, env, "alarms.put-load", told)


def _of_balancer(metric: str, where: Sequence[Mapping[str, str]]) -> Settings:
    """Without errors there is no data, and without targets neither: nothing is wrong then."""
    return {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": metric,
        "Dimensions": list(where),
        "TreatMissingData": "notBreaching",
    }


def _counted(threshold: float) -> Settings:
    return {**_MINUTES, "Statistic": "Sum", "Threshold": float(threshold), "ComparisonOperator": _ABOVE}


def _load(where: Sequence[Mapping[str, str]], namespace: str, metric: str, threshold: float) -> Settings:
    return {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": list(where),
        "TreatMissingData": "missing",
        "Period": 60,
        "EvaluationPeriods": 5,
        "Statistic": "Average",
        "Threshold": float(threshold),
        "ComparisonOperator": _REACHED,
    }


def _plan(
    aws: Aws, site: Site, env: Environment, action_id: str, alarms: Mapping[str, Settings], *, shared: bool = False
) -> Plan:
    topic, there = topic_arn(aws, site), recorded(aws)
    tags = listed(tags_of(site, None if shared else env))
    wanted = {name: _wanted(name, there.get(name), one, topic) for name, one in alarms.items()}
    changed = [name for name, one in wanted.items() if _differs(there.get(name), one)]
    calls = tuple(
        put(f"put-alarm-{number}", wanted[name], there.get(name), tags) for number, name in enumerate(changed, 1)
    )
    return Plan(
        action=action_id,
        title=f"Put {', '.join(alarms)}",
        environment=env.name,
        resource=", ".join(alarms),
        effect=f"{topic.rpartition(':')[2]} is told when it rings, and when that is over.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(one for name in changed for one in differences(name, there.get(name, {}), wanted[name])),
        permissions=needed(calls),
    )


def _wanted(name: str, before: Settings | None, settings: Settings, topic: str) -> dict[str, Any]:
    """What is watched and when it rings is the site's; whoever else was told stays told."""
    former = before or {}
    told = {field: with_topic(former.get(field, []), topic) for field in ("AlarmActions", "OKActions")}
    silent = {"InsufficientDataActions": list(former.get("InsufficientDataActions", []))}
    words = {"AlarmDescription": former.get("AlarmDescription", settings["AlarmDescription"])}
    return {"AlarmName": name, "ActionsEnabled": True, **silent, **settings, **words, **told}


def _differs(before: Settings | None, wanted: Settings) -> bool:
    """A statistic, a unit or metric math that is no longer meant is a difference as well."""
    return before is None or any(before.get(field) != wanted.get(field) for field in {*before, *wanted})
