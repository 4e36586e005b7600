"""A service's settings: defaults, partial updates, and task definitions that may be deployed."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.world import World

# request member -> attribute of moto's model, for what moto drops
KEPT = {
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "enableExecuteCommand": "enable_execute_command",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "propagateTags": "propagate_tags",
}
_DEFAULTS: Mapping[str, Any] = {
    "healthCheckGracePeriodSeconds": 0,
    "enableExecuteCommand": False,
    "enableECSManagedTags": False,
    "availabilityZoneRebalancing": "ENABLED",
    "propagateTags": "NONE",
}
_CONFIGURATION: Mapping[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}


def defaults(member: str) -> Any:
    return _DEFAULTS[member]


def configuration_of(former: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Of each part the whole is given or nothing: a part that is not given stays."""
    configuration = {**_CONFIGURATION, **former, **given}
    if configuration["strategy"] != "ROLLING":
        raise not_simulated(f"an ECS service with the deployment strategy {configuration['strategy']}")
    if configuration.get("lifecycleHooks"):
        raise not_simulated("an ECS service with lifecycle hooks")
    most, least = configuration["maximumPercent"], configuration["minimumHealthyPercent"]
    if most <= 0 or most < least:
        raise Refused(
            "InvalidParameterException",
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
            if most == least
            else "Deployment configuration's maximumPercent must be greater than minimumHealthyPercent.",
        )
    return configuration


def usable_definition(world: World, name: str) -> str:
    """The ARN of a task definition that can be deployed: without a revision it is the latest active one."""
    family, _, revision = name.rpartition("/")[2].partition(":")
    revisions = world.backend("ecs").task_definitions.get(family, {})
    if not revision:
        active = [number for number, each in revisions.items() if each.status == "ACTIVE"]
        revision = str(max(active)) if active else ""
    found = revisions.get(int(revision)) if revision.isdecimal() else None
    if found is None:
        raise Refused("ClientException", "TaskDefinition not found.")
    if found.status != "ACTIVE":
        raise Refused("ClientException", "TaskDefinition is inactive")
    return str(found.arn)
