"""ECS tasks: listed, described, run on their own, stopped."""

import copy
from collections.abc import Callable
from typing import Any

from runbook_tui.simulator import fleet, quotas
from runbook_tui.simulator.ecs import lifecycle, standalone
from runbook_tui.simulator.ecs.settings import usable_definition
from runbook_tui.simulator.ecs.state import Schedule
from runbook_tui.simulator.operations.ecs import cluster_of
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_FILTERS: dict[str, Callable[[Any, str], bool]] = {
    "serviceName": lambda task, value: bool(task.group == f"service:{value.rpartition('/')[2]}"),
    "family": lambda task, value: f":task-definition/{value}:" in task.task_definition_arn,
    "startedBy": lambda task, value: bool(task.started_by == value),
    "launchType": lambda task, value: bool(task.launch_type == value),
}


@overlay("ecs", "ListTasks")
def list_tasks(world: World, parameters: Parameters) -> Reply:
    cluster = cluster_of(world, parameters)
    service = parameters.get("serviceName")
    if service and fleet.find_service(world, cluster.name, service) is None:
        raise Refused("ServiceNotFoundException", "Service not found.")
    status = parameters.get("desiredStatus") or "RUNNING"
    arns = [
        task.task_arn
        for task in fleet.all_tasks(world)
        if task.cluster_name == cluster.name
        and task.desired_status == status
        and all(keep(task, parameters[name]) for name, keep in _FILTERS.items() if parameters.get(name))
    ]
    items, token = page(arns, parameters, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {"taskArns": items, "nextToken": token}


@overlay("ecs", "DescribeTasks")
def describe_tasks(world: World, parameters: Parameters) -> Reply:
    cluster, wanted = cluster_of(world, parameters), parameters.get("tasks") or ()
    if not 1 <= len(wanted) <= 100:
        raise Refused("InvalidParameterException", "Tasks must be 1 to 100.")
    known = {task.id: task for task in fleet.all_tasks(world) if task.cluster_name == cluster.name}
    found = [known[each.rpartition("/")[2]] for each in wanted if each.rpartition("/")[2] in known]
    missing = [_arn(world, cluster, each) for each in wanted if each.rpartition("/")[2] not in known]
    shown = found if "TAGS" in (parameters.get("include") or ()) else [_untagged(task) for task in found]
    return {"tasks": shown, "failures": [{"arn": arn, "reason": "MISSING"} for arn in missing]}


@overlay("ecs", "StopTask")
def stop_task(world: World, parameters: Parameters) -> Reply:
    cluster_of(world, parameters)
    life = world.store(Schedule).lives.get(parameters["task"].rpartition("/")[2])
    if life is None:
        raise Refused("InvalidParameterException", "The referenced task was not found.")
    lifecycle.stop(world, life, parameters.get("reason") or "Task stopped by user", "UserInitiated")
    return {"task": life.task}


@overlay("ecs", "RunTask")
def run_task(world: World, parameters: Parameters) -> Reply:
    cluster = cluster_of(world, parameters)
    if parameters.get("launchType", "FARGATE") != "FARGATE":
        raise not_simulated(f"ecs:RunTask on {parameters['launchType']}")
    count = parameters.get("count") or 1
    if not 1 <= count <= 10:
        raise Refused("InvalidParameterException", "count must be between 1 and 10.")
    network = (parameters.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network:
        text = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        raise Refused("InvalidParameterException", text)
    order = standalone.Wanted(
        cluster=cluster.name,
        definition=usable_definition(world, parameters["taskDefinition"]),
        network=network,
        started_by=parameters.get("startedBy") or "",
        group=parameters.get("group") or "",
        tags=parameters.get("tags") or (),
        overrides=parameters.get("overrides") or {},
        execute_command=bool(parameters.get("enableExecuteCommand")),
    )
    room = quotas.room_for(world, order.definition)
    failures = [{"reason": quotas.REACHED} for _ in range(count - room)]
    return {"tasks": [standalone.run(world, order) for _ in range(min(count, room))], "failures": failures}


def _untagged(task: Any) -> Any:
    bare = copy.copy(task)
    bare.tags = []
    return bare


def _arn(world: World, cluster: Any, task: str) -> str:
    return task if task.startswith("arn:") else world.arn("ecs", f"task/{cluster.name}/{task}")
