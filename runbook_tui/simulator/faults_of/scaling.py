"""Application Auto Scaling of prod."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.faults_of.prod import PROD, service, undo_call
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

_WHAT = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{SITE.ecs.cluster}/{PROD.service}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
_SWITCHES = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


@fault("at-max-capacity", "prod: as many tasks run as autoscaling may ever start")
def at_max_capacity(world: World, _argument: str) -> Undo:
    former = _target(world)["MaxCapacity"]
    desired = service(world)["desiredCount"]
    world.call("application-autoscaling", "RegisterScalableTarget", **_WHAT, MaxCapacity=desired)
    return undo_call(world, "application-autoscaling", "RegisterScalableTarget", **_WHAT, MaxCapacity=former)


@fault("scaling-suspended", "prod: somebody has suspended autoscaling")
def scaling_suspended(world: World, _argument: str) -> Undo:
    former = dict.fromkeys(_SWITCHES, False) | (_target(world).get("SuspendedState") or {})
    suspended = dict.fromkeys(_SWITCHES, True)
    world.call("application-autoscaling", "RegisterScalableTarget", **_WHAT, SuspendedState=suspended)
    return undo_call(world, "application-autoscaling", "RegisterScalableTarget", **_WHAT, SuspendedState=former)


def _target(world: World) -> Mapping[str, Any]:
    answer = world.call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")
    for target in answer["ScalableTargets"]:
        if target["ResourceId"] == _WHAT["ResourceId"]:
            found: Mapping[str, Any] = target
            return found
    raise Refused("ObjectNotFoundException", f"No scalable target found for {_WHAT['ResourceId']}")
