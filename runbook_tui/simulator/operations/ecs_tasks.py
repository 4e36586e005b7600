"""ECS tasks: listed by service, and never moved on by being looked at."""

import copy
from collections.abc import Callable
from typing import Any

from runbook_tui.simulator import fleet
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
    cluster = _cluster(world, parameters)
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
    cluster, wanted = _cluster(world, parameters), parameters.get("tasks") or ()
    if not 1 <= len(wanted) <= 100:
        raise Refused("InvalidParameterException", "Tasks must be 1 to 100.")
    known = {task.id: task for task in fleet.all_tasks(world) if task.cluster_name == cluster.name}
    found = [known[each.rpartition("/")[2]] for each in wanted if each.rpartition("/")[2] in known]
    missing = [_arn(world, cluster, each) for each in wanted if each.rpartition("/")[2] not in known]
    shown = found if "TAGS" in (parameters.get("include") or ()) else [_untagged(task) for task in found]
    return {"tasks": shown, "failures": [{"arn": arn, "reason": "MISSING"} for arn in missing]}


@overlay("ecs", "StopTask")
def stop_task(world: World, parameters: Parameters) -> Reply:
    cluster, identifier = _cluster(world, parameters), parameters["task"].rpartition("/")[2]
    task = next((each for each in fleet.all_tasks(world) if each.id == identifier), None)
    if task is None:
        raise Refused("InvalidParameterException", "The referenced task was not found.")
    service = fleet.find_service(world, cluster.name, task.group.removeprefix("service:"))
    fleet.stop_task(world, service, task, parameters.get("reason") or "Task stopped by user", code="UserInitiated")
    fleet.match_desired(world, service)
    return {"task": task}


@overlay("ecs", "RunTask")
def run_task(_world: World, _parameters: Parameters) -> Reply:
    raise not_simulated("ecs:RunTask: a task outside of a service")


def _untagged(task: Any) -> Any:
    bare = copy.copy(task)
    bare.tags = []
    return bare


def _cluster(world: World, parameters: Parameters) -> Any:
    name = (parameters.get("cluster") or "default").rpartition("/")[2]
    cluster = world.backend("ecs").clusters.get(name)
    if cluster is None:
        raise Refused("ClusterNotFoundException", "Cluster not found.")
    return cluster


def _arn(world: World, cluster: Any, task: str) -> str:
    return task if task.startswith("arn:") else world.arn("ecs", f"task/{cluster.name}/{task}")
