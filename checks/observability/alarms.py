"""Alarms on errors, hosts and latency (guide 8.2)."""

from collections.abc import Callable, Sequence
from typing import Any

from checks.concerns import warn_or_pass
from checks.observability import sound_alarms
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.catalogue import wanted_alarms
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, skip, warn

_NEEDS = ["cloudwatch:DescribeAlarms"]


@check("alarm.5xx-target", guide="8.2", severity="critical", scope="environment", needs=_NEEDS)
def errors_of_targets(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Somebody is told when the environment's tasks answer too many 5xx."""
    alarms = aws.cloudwatch.alarms()
    found = wanted_alarms.errors_of_targets(alarms, site, env)
    if not found:
        because = f"no alarm on {wanted_alarms.TARGET_5XX} of {env.target_group} behind {site.alb.name}"
        return fail(because, "create the alarm", **_others(alarms, wanted_alarms.TARGET_5XX))
    live = [one for one in found if _acts(one, alarms)]
    if not live:
        return fail(f"actions of {found[0].alarm_name} are switched off", "enable them again", **_evidence(found[0]))
    return _best(live, lambda one: sound_alarms.about_errors(one, site), "tells of errors of targets")


@check("alarm.5xx-elb", guide="8.2", severity="high", scope="shared", needs=_NEEDS)
def errors_of_balancer(aws: Aws, site: Site) -> Verdict:
    """Somebody is told when the load balancer itself answers 502, 503 or 504."""
    alarms = aws.cloudwatch.alarms()
    found = wanted_alarms.errors_of_balancer(alarms, site)
    if found:
        return _best(found, lambda _: [], "tells of errors of the load balancer")
    if not any(one.is_prod for one in site.environments.values()):
        return skip("the site has no production")
    because = f"no alarm on {wanted_alarms.ELB_5XX} of {site.alb.name}, with the dimension LoadBalancer alone"
    remedy = "create the alarm: errors of targets stay 0 when there is no healthy target"
    return fail(because, remedy, **_others(alarms, wanted_alarms.ELB_5XX))


@check("alarm.unhealthy-hosts", guide="8.2", severity="critical", scope="environment", needs=_NEEDS)
def unhealthy_hosts(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Somebody is told within minutes when a target is unhealthy."""
    alarms = aws.cloudwatch.alarms()
    found = wanted_alarms.unhealthy_hosts(alarms, site, env)
    if not found:
        because = f"no alarm on UnHealthyHostCount or HealthyHostCount of {env.target_group} behind {site.alb.name}"
        return fail(because, "create the alarm", **_others(alarms, "UnHealthyHostCount"))
    return _best(found, sound_alarms.about_hosts, "tells of unhealthy hosts")


@check("alarm.latency", guide="8.2", severity="medium", scope="environment", needs=_NEEDS)
def latency(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Somebody is told when the slowest requests become too slow."""
    alarms = aws.cloudwatch.alarms()
    found = wanted_alarms.slow_answers(alarms, site, env)
    if not found:
        because = f"no alarm on TargetResponseTime of {env.target_group} with a percentile from p90 to p99"
        return warn(because, "create the alarm", **_others(alarms, "TargetResponseTime"))
    return _best(found, lambda one: sound_alarms.about_latency(one, site), "tells of slow answers")


def _acts(alarm: MetricAlarm, alarms: Alarms) -> bool:
    return any(one.actions_enabled for one in (alarm, *alarms.above(alarm)))


def _best(found: Sequence[MetricAlarm], judge: Callable[[MetricAlarm], list[str]], good: str) -> Verdict:
    """One sound alarm is enough, whatever else there is."""
    judged = [(judge(one), one) for one in found]
    concerns, best = min(judged, key=lambda each: len(each[0]))
    told = [f"{best.alarm_name}: {'; '.join(concerns)}"] if concerns else []
    return warn_or_pass(told, f"{best.alarm_name} {good}", "put the alarm again, with all of it", **_evidence(best))


def _evidence(alarm: MetricAlarm) -> dict[str, Any]:
    return {
        "alarm": alarm.alarm_name,
        "statistics": sorted({one.stat for one in alarm.watched}),
        "comparison": alarm.comparison_operator,
        "threshold": alarm.threshold,
        "datapoints": f"{alarm.datapoints} of {alarm.evaluation_periods}",
        "missing_data": alarm.treat_missing_data,
        "dimensions": [one.metric.where for one in alarm.watched],
        "expression": alarm.expression,
    }


def _others(alarms: Alarms, metric: str) -> dict[str, Any]:
    """For who wonders why his alarm was not seen."""
    return {"alarms": len(alarms.metric), "on_this_metric_elsewhere": wanted_alarms.names_of(alarms, metric)[:10]}
