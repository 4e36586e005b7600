"""A task as a target of load balancers."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.ecs import making
from runbook_tui.simulator.ecs.state import Life
from runbook_tui.simulator.service_linked import ECS_SCHEDULER, Deed, tell
from runbook_tui.simulator.world import World

_USUAL_DELAY = 300.0


def address_of(task: Any) -> str:
    return making.detail(task, "privateIPv4Address")


def register(world: World, life: Life) -> None:
    for group, target in _places(world, life):
        group.register([target])
        _tell(world, "RegisterTargets", group, target)


def deregister(world: World, life: Life) -> None:
    """Where it is registered: somebody may have done it by hand before."""
    for group, target in _places(world, life):
        if target["Id"] in group.targets:
            group.deregister([target])
            _tell(world, "DeregisterTargets", group, target)


def drain_seconds(world: World, life: Life) -> float:
    """How long the load balancers let a task's connections end: the longest of its target groups' delays."""
    groups = world.backend("elbv2").target_groups
    delays = [
        float(groups[each["targetGroupArn"]].attributes.get("deregistration_delay.timeout_seconds", _USUAL_DELAY))
        for each in life.balancers
        if each.get("targetGroupArn") in groups
    ]
    return max(delays, default=0.0)


def _places(world: World, life: Life) -> list[tuple[Any, Mapping[str, Any]]]:
    """moto's models of its target groups, and what it is in each. No API calls: 2 ms for each task of a crash loop."""
    groups, address = world.backend("elbv2").target_groups, address_of(life.task)
    return [
        (groups[each["targetGroupArn"]], {"Id": address, "Port": each["containerPort"]})
        for each in life.balancers
        if each.get("targetGroupArn") in groups
    ]


def _tell(world: World, operation: str, group: Any, target: Mapping[str, Any]) -> None:
    kind = "AWS::ElasticLoadBalancingV2::TargetGroup"
    deed = Deed(
        by=ECS_SCHEDULER,
        service="elbv2",
        operation=operation,
        parameters={"targetGroupArn": group.arn, "targets": [{"id": target["Id"], "port": target["Port"]}]},
        resources=((kind, group.name), (kind, group.arn)),
    )
    tell(world, deed)
