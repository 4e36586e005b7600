"""The tasks of ECS services as the rest of the world sees them. The engine that runs them is the package ``ecs``."""

from typing import Any

from runbook_tui.simulator.ecs import events, images, targets
from runbook_tui.simulator.world import World


def find_service(world: World, cluster: str | None, service: str) -> Any:
    """moto's model of a service, or None."""
    name = f"{(cluster or 'default').rpartition('/')[2]}:{service.rpartition('/')[2]}"
    return world.backend("ecs").services.get(name)


def tasks_of(world: World, service: Any, desired_status: str = "RUNNING") -> list[Any]:
    return [
        task
        for task in all_tasks(world)
        if task.group == f"service:{service.name}"
        and task.cluster_name == service.cluster_name
        and task.desired_status == desired_status
    ]


def all_tasks(world: World) -> list[Any]:
    """Those that stopped within the last hour among them: then ECS forgets them."""
    return [task for cluster in list(world.backend("ecs").tasks.values()) for task in list(cluster.values())]


def address_of(task: Any) -> str:
    return targets.address_of(task)


def say(world: World, service: Any, message: str) -> None:
    """Adds a service event; the API lists the newest first and keeps 100."""
    events.add(world, service, f"(service {service.name}) {message}")


def image_digest(world: World, image: str) -> str | None:
    """The digest that an image of this account stands for, else None."""
    return images.digest_of(world, image)
