"""Scheduled actions of Application Auto Scaling."""

from typing import Any

from runbook_tui.simulator.operations.autoscaling import only_ecs
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.scaling import calendar
from runbook_tui.simulator.world import World

_SERVICE = "application-autoscaling"


@overlay(_SERVICE, "PutScheduledAction")
def check_the_schedule(_world: World, parameters: Parameters) -> Reply:
    only_ecs(parameters)
    if parameters.get("Schedule"):
        calendar.check(parameters["Schedule"], parameters.get("Timezone"))
    return None


@overlay(_SERVICE, "DescribeScheduledActions")
def describe_scheduled_actions(world: World, parameters: Parameters) -> Reply:
    names = parameters.get("ScheduledActionNames") or ()
    found = [
        _scheduled(each)
        for each in world.backend(_SERVICE).scheduled_actions
        if each.service_namespace == parameters["ServiceNamespace"]
        and parameters.get("ResourceId") in (None, each.resource_id)
        and parameters.get("ScalableDimension") in (None, each.scalable_dimension)
        and (not names or each.scheduled_action_name in names)
    ]
    items, token = page(found, parameters, size="MaxResults", token="NextToken", limit=50)  # noqa: S106
    return {"ScheduledActions": items, "NextToken": token}


def _scheduled(action: Any) -> dict[str, Any]:
    found = {
        "ScheduledActionName": action.scheduled_action_name,
        "ScheduledActionARN": action.arn,
        "ServiceNamespace": action.service_namespace,
        "Schedule": action.schedule,
        "Timezone": action.timezone,
        "ResourceId": action.resource_id,
        "ScalableDimension": action.scalable_dimension,
        "StartTime": action.start_time,
        "EndTime": action.end_time,
        "ScalableTargetAction": action.scalable_target_action,
        "CreationTime": action.creation_time,
    }
    return {member: value for member, value in found.items() if value is not None}
