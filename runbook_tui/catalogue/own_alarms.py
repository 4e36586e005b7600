"""Which alarms watch an environment. Pure."""

from runbook_tui.aws.facts.alarms import CompositeAlarm, Metric, MetricAlarm
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.catalogue.wanted_alarms import is_balancer, is_group
from runbook_tui.core.site import Environment, Site

Alarm = MetricAlarm | CompositeAlarm


def of_environment(alarms: Alarms, site: Site, env: Environment) -> tuple[Alarm, ...]:
    """Those on its service, its target group or the load balancer that it shares, or called after its service;
    and composite alarms that name one of them. Alarms that only scale are left out: low load is no trouble."""
    mine = [one for one in alarms.metric if not one.only_scales and _concerns_us(one, site, env)]
    reached = {one.alarm_name for one in mine}
    above: list[CompositeAlarm] = []
    for _ in alarms.composite:
        above += [one for one in alarms.composite if one not in above and one.names & reached]
        reached |= {one.alarm_name for one in above}
    return (*mine, *above)


def _concerns_us(alarm: MetricAlarm, site: Site, env: Environment) -> bool:
    if any(_ours(stat.metric, site, env) for stat in alarm.watched):
        return True
    services = [one.service for one in site.environments.values() if alarm.alarm_name.startswith(one.service)]
    return max(services, key=len, default="") == env.service


def _ours(metric: Metric, site: Site, env: Environment) -> bool:
    where = metric.where
    if "TargetGroup" in where:
        return is_group(where["TargetGroup"], env)
    if "LoadBalancer" in where:
        return is_balancer(where["LoadBalancer"], site)
    return where.get("ServiceName") == env.service and where.get("ClusterName") == site.ecs.cluster
