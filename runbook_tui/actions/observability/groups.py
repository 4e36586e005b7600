"""Log groups and the metrics made of their lines (guide 8.1, 8.2)."""

from typing import Any

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_PATTERN = "?ERROR ?FATAL"


@action("logs.create-group", guide="8.1", fixes=("logs.group.exists",))
def create_group(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment's log group exists, and keeps its events as long as the site says."""
    calls = () if aws.logs.find(env.log_group) else (_create(site, env), _keep(env, site.obs.retention_days))
    return Plan(
        action="logs.create-group",
        title=f"Create the log group {env.log_group}",
        environment=env.name,
        resource=env.log_group,
        effect=f"Tasks can write into it; events are kept for {site.obs.retention_days} days.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=env.log_group, before="", after="new"),) if calls else (),
        warnings=("the undo deletes the group with whatever was logged until then",) if calls else (),
        permissions=needed(calls),
    )


@action("logs.put-metric-filters", guide="8.2", fixes=("logs.metric-filters",))
def put_metric_filters(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Lines of the environment's log group are counted in the metrics that the site names."""
    if not site.obs.metric_filters:
        raise CannotPlan("the site names no metric filters", "name them in obs.metric_filters")
    there = {name for one in aws.logs.metric_filters(env.log_group) for name in one.names}
    absent = [name for name in site.obs.metric_filters if name not in there]
    questions = [
        Question(name=f"pattern-{name}", text=f"Which lines does {name} count? A filter pattern", default=_PATTERN)
        for name in absent
    ]
    patterns = dict(zip(absent, inputs.take(*questions), strict=True))
    namespace = site.obs.metric_namespace or f"{site.site.name}/{env.name}"
    calls = tuple(_filter(number, env, name, patterns[name], namespace) for number, name in enumerate(absent, 1))
    return Plan(
        action="logs.put-metric-filters",
        title=f"Count lines of {env.log_group}",
        environment=env.name,
        resource=env.log_group,
        effect=f"Lines that are logged from now on are counted, in {namespace}.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=f"filter {name}", before="", after=patterns[name]) for name in absent),
        permissions=needed(calls),
    )


def _create(site: Site, env: Environment) -> ApiCall:
    back = _logs("delete-group", "delete_log_group", env, "the group is deleted", gone=("ResourceNotFoundException",))
    return _logs("create-group", "create_log_group", env, "the group is made", (back,), tags=tags_of(site, env))


def _keep(env: Environment, days: int) -> ApiCall:
    return _logs("put-retention", "put_retention_policy", env, f"events are kept for {days} days", retentionInDays=days)


def _filter(number: int, env: Environment, name: str, pattern: str, namespace: str) -> ApiCall:
    gone = ("ResourceNotFoundException",)
    back = _logs(f"delete-filter-{number}", "delete_metric_filter", env, f"{name} is gone", gone=gone, filterName=name)
    made = {"metricName": name, "metricNamespace": namespace, "metricValue": "1", "defaultValue": 0.0}
    return _logs(
        f"put-filter-{number}",
        "put_metric_filter",
        env,
        f"{name} counts lines",
        (back,),
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[made],
    )


def _logs(
    name: str,
    operation: str,
    env: Environment,
    effect: str,
    undo: tuple[ApiCall, ...] = (),
    *,
    gone: tuple[str, ...] = (),
    **parameters: Any,
) -> ApiCall:
    return ApiCall(
        id=name,
        service="logs",
        operation=operation,
        parameters={"logGroupName": env.log_group, **parameters},
        effect=effect,
        gone=gone,
        undo=undo,
    )
