"""A task as a target of load balancers."""

from typing import Any

from runbook_tui.simulator.ecs import making
from runbook_tui.simulator.ecs.state import Life
from runbook_tui.simulator.world import World

_USUAL_DELAY = 300.0


def address_of(task: Any) -> str:
    return making.detail(task, "privateIPv4Address")


def register(world: World, life: Life) -> None:
    _call(world, life, "RegisterTargets")


def deregister(world: World, life: Life) -> None:
    _call(world, life, "DeregisterTargets")


def drain_seconds(world: World, life: Life) -> float:
    """How long the load balancers let a task's connections end: the longest of its target groups' delays."""
    groups = world.backend("elbv2").target_groups
    delays = [
        float(groups[each["targetGroupArn"]].attributes.get("deregistration_delay.timeout_seconds", _USUAL_DELAY))
        for each in life.balancers
        if each.get("targetGroupArn") in groups
    ]
    return max(delays, default=0.0)


def _call(world: World, life: Life, operation: str) -> None:
    groups = world.backend("elbv2").target_groups
    for balancer in life.balancers:
        arn = balancer.get("targetGroupArn")
        if arn in groups:
            target = {"Id": address_of(life.task), "Port": balancer["containerPort"]}
            world.call("elbv2", operation, TargetGroupArn=arn, Targets=[target])
