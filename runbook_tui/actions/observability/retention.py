"""How long log events are kept (guide 8.1)."""

from typing import Any

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.logs import LogGroup
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

# What CloudWatch Logs takes for retentionInDays (botocore's model of logs 2014-03-28).
DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_SHORT = 7  # days; a line a minute of each task, of which CloudWatch keeps the metrics longer


@action("logs.set-retention", guide="8.1", fixes=("logs.group.retention",))
def set_retention(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The environment's log events are kept for a chosen number of days."""
    return _plan(env, "logs.set-retention", aws.logs.group(env.log_group), inputs, site.obs.retention_days)


@action("logs.set-insights-retention", guide="5.1", fixes=("logs.insights-group",))
def set_insights_retention(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """What Container Insights logs of the cluster is kept for a chosen number of days."""
    group = aws.logs.group(f"/aws/ecs/containerinsights/{site.ecs.cluster}/performance")
    return _plan(env, "logs.set-insights-retention", group, inputs, _SHORT)


def _plan(env: Environment, action_id: str, group: LogGroup, inputs: Inputs, default: int) -> Plan:
    name, before = group.log_group_name, group.retention_in_days
    (chosen,) = inputs.take(
        Question(
            name="days",
            text=f"How many days are events of {name} kept?",
            choices=tuple(Choice(value=str(days), label=f"{days} days") for days in DAYS),
            default=str(default),
        )
    )
    days = int(chosen)
    shorter = before is None or days < before
    calls = (_put(name, days, undo=(_back(name, before),)),)
    return Plan(
        action=action_id,
        title=f"Keep events of {name} for {days} days",
        environment=env.name,
        resource=name,
        effect=f"CloudWatch Logs deletes events older than {days} days, and goes on doing so.",
        risk=Risk.DESTRUCTIVE if shorter else Risk.CHANGE,
        calls=() if days == before else calls,
        differences=(Difference(what="retentionInDays", before=_days(before), after=_days(days)),),
        warnings=("events that are older than that are gone for good: the undo does not bring them back",)
        if shorter
        else (),
        permissions=needed(calls),
    )


def _put(group: str, days: int, undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    parameters: dict[str, Any] = {"logGroupName": group, "retentionInDays": days}
    return ApiCall(
        id="put-retention",
        service="logs",
        operation="put_retention_policy",
        parameters=parameters,
        effect=f"events are kept for {days} days",
        undo=undo,
    )


def _back(group: str, before: int | None) -> ApiCall:
    if before is not None:
        return _put(group, before)
    return ApiCall(
        id="delete-retention",
        service="logs",
        operation="delete_retention_policy",
        parameters={"logGroupName": group},
        effect="events are kept for ever",
    )


def _days(days: int | None) -> str:
    return "for ever" if days is None else str(days)
