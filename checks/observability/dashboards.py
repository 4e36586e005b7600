"""The environment's dashboard (guide 8.2)."""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.concerns import named
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.cloudwatch import DASHBOARD
from runbook_tui.aws.facts.dashboard import BrokenBody, Dashboard, Search, Shown, read_dashboard
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.catalogue.wanted_alarms import BALANCER, ECS, INSIGHTS, is_balancer, is_group
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, blocked, fail, passed, warn

_REMEDY: Final = "make the dashboard again from the template"
_SAMPLES: Final = "SampleCount"


@check(
    "dash.exists",
    guide="8.2",
    severity="medium",
    scope="environment",
    needs=["cloudwatch:GetDashboard"],
    establishes=[DASHBOARD],
)
def exists(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The environment has a dashboard that can be drawn."""
    name = site.obs.dashboard_of(env.name)
    try:
        found = read_dashboard(aws.cloudwatch.dashboard(name))
    except BrokenBody as broken:
        return fail(f"{name}: {broken}", _REMEDY, name=name)
    return passed(f"{name} has {named(found.widgets, 'widget')}", name=name, widgets=found.widgets)


@check(
    "dash.widgets",
    guide="8.2",
    severity="low",
    scope="environment",
    needs=[
        "cloudwatch:GetDashboard",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTargetGroups",
    ],
)
def widgets(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The dashboard shows latency, CPU, memory and tasks of what is there now."""
    name = site.obs.dashboard_of(env.name)
    body, balancer, group = together(
        lambda: aws.cloudwatch.dashboard(name),
        lambda: aws.elb.load_balancer(site.alb.name),
        lambda: aws.elb.target_group(env.target_group),
    )
    try:
        found = read_dashboard(body)
    except BrokenBody as broken:
        return blocked("dash.exists", f"{name}: {broken}")
    live = {
        "LoadBalancer": balancer.load_balancer_arn.partition(":loadbalancer/")[2],
        "TargetGroup": group.target_group_arn.rpartition(":")[2],
    }
    gone = sorted({value for one in found.metrics for value in _gone(one, live, site, env)})
    missing = [what for what, there in _covered(found, live, site, env).items() if not there]
    evidence = {"name": name, "widgets": found.widgets, "missing": missing, "deleted": gone}
    if gone:
        return fail(f"{name} shows what was deleted: {', '.join(gone)}", _REMEDY, **evidence)
    if missing:
        return warn(f"{name} does not show {', '.join(missing)}", _REMEDY, **evidence)
    return passed(f"{name} shows everything that the guide asks for", **evidence)


def _gone(one: Shown, live: Mapping[str, str], site: Site, env: Environment) -> Iterator[str]:
    """Names are never used twice at a time: ours with another id was deleted and made again."""
    balancer, group = one.where.get("LoadBalancer", ""), one.where.get("TargetGroup", "")
    if is_balancer(balancer, site) and balancer != live["LoadBalancer"]:
        yield balancer
    if is_group(group, env) and group != live["TargetGroup"]:
        yield group


def _covered(found: Dashboard, live: Mapping[str, str], site: Site, env: Environment) -> dict[str, bool]:
    """What should be shown, and whether it is."""
    service = {"ClusterName": site.ecs.cluster, "ServiceName": env.service}
    here = [one for one in found.metrics if one.region in ("", site.aws.region)]
    searches = [one for one in found.searches if one.region in ("", site.aws.region)]

    def shown(namespace: str, metric: str, where: Mapping[str, str], stat: str = "") -> bool:
        by_name = any(
            (one.namespace, one.metric, dict(one.where)) == (namespace, metric, where) and stat in ("", one.stat)
            for one in here
        )
        return by_name or (not stat and any(_finds(one, namespace, metric) for one in searches))

    balancer = {"LoadBalancer": live["LoadBalancer"]}
    covered = {
        "latency": any(shown(BALANCER, "TargetResponseTime", where) for where in (dict(live), balancer)),
        "CPU": shown(ECS, "CPUUtilization", service),
        "memory": shown(ECS, "MemoryUtilization", service),
        "tasks": shown(INSIGHTS, "RunningTaskCount", service) or shown(ECS, "CPUUtilization", service, _SAMPLES),
    }
    own = site.obs.metric_namespace
    if own:
        covered[f"metrics of {own}"] = any(one.namespace == own for one in here) or any(own in s.text for s in searches)
    return covered


def _finds(search: Search, namespace: str, metric: str) -> bool:
    """A search that names both finds what matches, and whose it is shows only when it is drawn."""
    return namespace in search.text and metric in search.text
