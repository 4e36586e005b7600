"""Target health: what an ALB finds when it asks each target's readiness route."""

from typing import Any

from msgspec import Struct

from runbook_tui.simulator import fleet
from runbook_tui.simulator.reach import balancer_reaches
from runbook_tui.simulator.world import World


class Health(Struct, frozen=True):
    """In the API's words. A healthy target has a state only."""

    state: str
    reason: str = ""
    description: str = ""


def groups(world: World) -> list[Any]:
    return list(world.backend("elbv2").target_groups.values())


def balancer_of(world: World, group: Any) -> Any:
    """The first load balancer that forwards to a target group, or None."""
    balancers = world.backend("elbv2").load_balancers
    return next((balancers[arn] for arn in group.load_balancer_arns if arn in balancers), None)


def service_behind(world: World, address: str) -> Any:
    """The ECS service whose task has an address, or None."""
    task = next(
        (
            each
            for each in fleet.all_tasks(world)
            if each.desired_status == "RUNNING" and fleet.address_of(each) == address
        ),
        None,
    )
    if task is None:
        return None
    return fleet.find_service(world, task.cluster_name, task.group.removeprefix("service:"))


def health_of(world: World, group: Any, target: str, port: int) -> Health:
    """Causes in the order in which an ALB meets them."""
    if target not in group.targets:
        return Health("unused", "Target.NotRegistered", "Target is not registered to the target group")
    balancer = balancer_of(world, group)
    if balancer is None:
        return Health("unused", "Target.NotInUse", "Target group is not configured to receive traffic from ELB")
    if not balancer_reaches(world, balancer, target, port):
        return Health("unhealthy", "Target.Timeout", "Request timed out")
    service = service_behind(world, target)
    status = world.ready_status.get(service.name, 200) if service is not None else 502
    if str(status) != group.matcher["HttpCode"]:
        text = f"Health checks failed with these codes: [{status}]"
        return Health("unhealthy", "Target.ResponseCodeMismatch", text)
    return Health("healthy")
