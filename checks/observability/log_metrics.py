"""Log groups of Container Insights, and metrics made of log lines (guide 5.1, 8.2)."""

from typing import Final

from checks.concerns import named
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, passed, skip, warn

_INSIGHTS: Final = "/aws/ecs/containerinsights/"


@check("logs.insights-group", guide="5.1", severity="low", scope="shared", needs=["logs:DescribeLogGroups"])
def insights_group(aws: Aws, site: Site) -> Verdict:
    """What Container Insights logs is not kept for ever."""
    if site.ecs.insights in ("off", "disabled"):
        return skip("Container Insights is off")
    name = f"{_INSIGHTS}{site.ecs.cluster}/performance"
    group = aws.logs.find(name)
    if group is None:
        return skip(f"Container Insights has logged nothing: there is no {name}")
    evidence = {"name": name, "days": group.retention_in_days or "never", "stored_bytes": group.stored_bytes}
    if group.retention_in_days is None:
        because = f"{name} never expires: it grows by a line a minute of each task"
        return warn(because, "set a short retention", **evidence)
    return passed(f"{name} keeps {named(group.retention_in_days, 'day')}", **evidence)


@check(
    "logs.metric-filters",
    guide="8.2",
    severity="low",
    scope="environment",
    needs=["cloudwatch:ListMetrics", "logs:DescribeMetricFilters"],
)
def metric_filters(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The application's own metrics exist."""
    wanted, namespace = site.obs.metric_filters, site.obs.metric_namespace
    if not wanted and not namespace:
        return skip("the site names no metric filters and no namespace of its own")
    filters = {name for one in aws.logs.metric_filters(env.log_group) for name in one.names} if wanted else set()
    metrics = {one.metric_name for one in aws.cloudwatch.metrics(namespace)} if namespace else set()
    missing = [name for name in wanted if name not in filters | metrics]
    evidence = {"filters": sorted(filters), "metrics": sorted(metrics)[:20], "missing": missing}
    remedy = f"create the metric filter on {env.log_group}, or let the application emit the metric"
    if missing:
        return warn(f"{', '.join(missing)} is neither a filter of {env.log_group} nor a metric", remedy, **evidence)
    if namespace and not metrics:
        return warn(f"no metric in {namespace} within two weeks", remedy, **evidence)
    return passed(f"{', '.join(wanted) or namespace} is there", **evidence)
