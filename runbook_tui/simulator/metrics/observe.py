"""Looking at the world: in which condition each of its services is now."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.simulator import fleet
from runbook_tui.simulator.health import balancer_of
from runbook_tui.simulator.image_behaviour import HEALTHY, ImageBehaviour
from runbook_tui.simulator.metrics.condition import Condition
from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.world import World

_BY_SERVICE = {environment.service: name for name, environment in ENVIRONMENTS.items()}
_CUT_OFF = 0.9  # of the requests need the database: they wait for the driver to give up, and fail
_ORDINARY = 0.1  # seconds, at the usual load
_NOT_READY = 0.8  # of the requests fail that a target gets although it says that it is not ready


class _Targets(Struct, frozen=True, kw_only=True):
    healthy: Sequence[str] = ()
    unhealthy: Sequence[str] = ()
    mute: Sequence[str] = ()  # of the unhealthy ones: nothing comes back from them


def conditions(world: World) -> Mapping[str, Condition]:
    """By ``cluster/service``, as the watchers of the world found them last."""
    services = world.backend("ecs").services.values()
    return {f"{each.cluster_name}/{each.name}": _condition(world, each) for each in services if each.status == "ACTIVE"}


def _condition(world: World, service: Any) -> Condition:
    running = [task for task in fleet.tasks_of(world, service) if task.last_status == "RUNNING"]
    group, balancer = _group(world, service)
    targets = _targets(world, group) if balancer is not None else _Targets()
    answering = targets.healthy or targets.unhealthy
    behaviours = _behaviours(world, service.name, running, answering)
    unready = 0.0 if targets.healthy else _NOT_READY
    cpu, memory = _size(world, service)
    return Condition(
        cluster=service.cluster_name,
        service=service.name,
        family=service.task_definition.rpartition("/")[2].rpartition(":")[0],
        environment=_environment(service),
        balancer=balancer.arn.partition(":loadbalancer/")[2] if balancer is not None else "",
        group=group.arn.rpartition(":")[2] if group is not None else "",
        insights=_insights(world, service),
        desired=service.desired_count,
        running=len(running),
        pending=service.pending_count,
        deployments=len(service.deployments),
        healthy=len(targets.healthy),
        unhealthy=len(targets.unhealthy),
        answering=len(answering),
        reachable=len(answering) if targets.healthy else len(targets.unhealthy) - len(targets.mute),
        error_rate=max(unready, _mean([each.error_rate for each in behaviours], 0.0)),
        latency_factor=_mean([each.latency_factor for each in behaviours], 1.0),
        memory_mib=max(0.0, _mean([each.memory_mib for each in behaviours], 0.0) - HEALTHY.memory_mib),
        cpu_units=cpu,
        memory_limit=memory,
    )


def _environment(service: Any) -> str:
    tagged = next((tag["value"] for tag in service.tags or () if tag["key"] == "Environment"), service.name)
    return _BY_SERVICE.get(service.name, str(tagged))


def _group(world: World, service: Any) -> tuple[Any, Any]:
    """moto's models of the target group and of the load balancer in front of it, or None."""
    groups = world.backend("elbv2").target_groups
    for balancer in service.load_balancers or ():
        group = groups.get(balancer.get("targetGroupArn"))
        if group is not None:
            return group, balancer_of(world, group)
    return None, None


def _targets(world: World, group: Any) -> _Targets:
    """Targets that are new, drained or unused get no requests and are neither healthy nor unhealthy."""
    healthy, unhealthy, mute = [], [], []
    for target in list(group.targets.values()):
        health = world.targets.last_health(group.arn, target["Id"])
        if health.state == "healthy":
            healthy.append(target["Id"])
        elif health.state == "unhealthy":
            unhealthy.append(target["Id"])
            if health.reason in ("Target.Timeout", "Target.FailedHealthChecks"):
                mute.append(target["Id"])
    return _Targets(healthy=healthy, unhealthy=unhealthy, mute=mute)


def _behaviours(world: World, service: str, tasks: Sequence[Any], addresses: Sequence[str]) -> Sequence[ImageBehaviour]:
    """Of the tasks that are asked; of all that run when none is."""
    asked = [task for task in tasks if fleet.address_of(task) in addresses] or tasks
    drivers = world.app.tasks_of(service)
    return [_behaviour(world, task, drivers.get(task.id)) for task in asked]


def _behaviour(world: World, task: Any, driver: Any) -> ImageBehaviour:
    """Of the application in a task: its image's, and what the lack of a database makes of it."""
    if driver is None or driver.connected:
        return world.app.behaviour(task)
    slower = max(1.0, driver.failure[0] / _ORDINARY)
    return ImageBehaviour(error_rate=_CUT_OFF, latency_factor=slower)


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _size(world: World, service: Any) -> tuple[int, int]:
    definition = world.backend("ecs").describe_task_definition(service.task_definition)
    return int(definition.cpu or 1024), int(definition.memory or 2048)


def _insights(world: World, service: Any) -> bool:
    cluster = world.backend("ecs").clusters.get(service.cluster_name)
    settings = (cluster.settings or ()) if cluster is not None else ()
    return any(each["name"] == "containerInsights" and each["value"] != "disabled" for each in settings)
