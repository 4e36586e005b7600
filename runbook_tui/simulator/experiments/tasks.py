"""``aws:ecs:task-network-blackhole-port``: packets of one port of some tasks are swallowed. A new task is not hit."""

from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.simulator.experiments.store import Resource, Undo
from runbook_tui.simulator.experiments.templates import wrong
from runbook_tui.simulator.refusal import not_simulated
from runbook_tui.simulator.world import World

_AGENT = "amazon-ssm-agent"
_DATABASE = ("27017", "egress", "tcp")


def blackhole(world: World, parameters: Mapping[str, str], tasks: Sequence[Resource]) -> Undo:
    """Raises Refused when a task is not made for it, and for any port but the database's."""
    for task in tasks:
        _check(world, task, parameters)
    asked = (parameters["port"], parameters["trafficType"], parameters["protocol"])
    if asked != _DATABASE:
        raise not_simulated(f"aws:ecs:task-network-blackhole-port for {asked[1]} {asked[2]} {asked[0]}")
    return world.gate.block("blackhole", cut=True, tasks=[each.arn.rpartition("/")[2] for each in tasks])


def _check(world: World, resource: Resource, parameters: Mapping[str, str]) -> None:
    """What the guide to FIS demands of a task on Fargate, one by one."""
    cluster = resource.information["cluster"]
    found = world.call("ecs", "DescribeTasks", cluster=cluster, tasks=[resource.arn])["tasks"]
    if not found or found[0]["lastStatus"] != "RUNNING":
        raise wrong(f"The task {resource.arn} is not running.")
    task = found[0]
    definition = world.call("ecs", "DescribeTaskDefinition", taskDefinition=task["taskDefinitionArn"])
    for met, demand in _demands(task, definition["taskDefinition"], parameters):
        if not met:
            raise wrong(f"The task {resource.arn} cannot be targeted: {demand}.")


def _demands(
    task: Mapping[str, Any], definition: Mapping[str, Any], parameters: Mapping[str, str]
) -> Sequence[tuple[bool, str]]:
    images = [each["image"] for each in definition["containerDefinitions"]]
    return (
        (
            parameters.get("useEcsFaultInjectionEndpoints") == "true",
            "on AWS Fargate the parameter useEcsFaultInjectionEndpoints must be true",
        ),
        (
            bool(definition.get("enableFaultInjection")),
            "its task definition does not set enableFaultInjection to true",
        ),
        (definition.get("pidMode") == "task", "its task definition does not set pidMode to task"),
        (any(_AGENT in image for image in images), "its task definition has no SSM agent as a sidecar container"),
        (not task.get("enableExecuteCommand"), "ECS Exec is enabled for it; disable it"),
    )
