"""What scaling did and did not do, in the API's words, for the six weeks that AWS keeps it."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from runbook_tui.simulator import fleet
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.service_linked import ECS_SCALING, Deed, tell
from runbook_tui.simulator.world import World

_KEPT = timedelta(weeks=6)
_WAITING = "Successfully set desired count to {}. Waiting for change to be fulfilled by ecs."
_FULFILLED = "Successfully set desired count to {}. Change successfully fulfilled by ecs."


class Activity(Struct, kw_only=True):
    """``wanted`` is the count that it set, None when it set none. ``reasons`` are why it did not scale."""

    identity: str
    resource: str
    dimension: str
    description: str
    cause: str
    started: datetime
    status: str
    message: str = ""
    wanted: int | None = None
    ended: datetime | None = None
    reasons: Sequence[dict[str, Any]] = ()


class Cooldown(Struct, kw_only=True):
    """``base`` is the count before the scale-out that it follows: what was added counts for the next one."""

    until: datetime
    base: int = 0


class Scaling:
    """``out`` and ``inward`` are the cooldowns that run, by resource. ``fired`` is when a schedule last did."""

    def __init__(self) -> None:
        self.activities: list[Activity] = []
        self.out: dict[str, Cooldown] = {}
        self.inward: dict[str, Cooldown] = {}
        self.fired: dict[str, datetime] = {}


def listed(world: World) -> list[Activity]:
    """Newest first."""
    settle(world)
    since = world.clock.now() - _KEPT
    return [each for each in reversed(world.store(Scaling).activities) if each.started >= since]


def service_of(world: World, resource: str) -> Any:
    """moto's model of the ECS service ``service/cluster/name``, or None."""
    _, cluster, name = resource.split("/", 2)
    return fleet.find_service(world, cluster, name)


def set_count(world: World, target: Any, count: int, cause: str) -> None:
    """Sets the service's desired count and writes down how it went."""
    activity = _begin(world, target, f"Setting desired count to {count}.", cause)
    activity.wanted = count
    _, cluster, service = target.resource_id.split("/", 2)
    try:
        world.call("ecs", "UpdateService", cluster=cluster, service=service, desiredCount=count)
    except Refused as refused:
        activity.status, activity.ended = "Failed", world.clock.now()
        activity.message = f"Failed to set desired count to {count}. Reason: {refused.message}"
    else:
        activity.status, activity.message = "InProgress", _WAITING.format(count)
        tell(world, count_set(world, cluster, service, count))
    for former in world.store(Scaling).activities:
        if former.status == "InProgress" and former.resource == target.resource_id and former is not activity:
            former.status, former.ended = "Overridden", world.clock.now()
    settle(world)


def count_set(world: World, cluster: str, service: str, count: int) -> Deed:
    """What the trail tells of it."""
    kind = "AWS::ECS::Service"
    return Deed(
        by=ECS_SCALING,
        service="ecs",
        operation="UpdateService",
        parameters={"cluster": cluster, "service": service, "desiredCount": count},
        resources=((kind, service), (kind, world.arn("ecs", f"service/{cluster}/{service}"))),
    )


def not_scaled(world: World, target: Any, cause: str, code: str, **capacities: int) -> None:
    """Once in a row: AWS does not repeat a reason that still holds."""
    former = next(
        (each for each in reversed(world.store(Scaling).activities) if each.resource == target.resource_id), None
    )
    if former is not None and former.cause == cause and former.reasons and former.reasons[0]["Code"] == code:
        return
    activity = _begin(world, target, "Attempting to scale due to alarm triggered", cause)
    activity.status, activity.ended = "Failed", world.clock.now()
    activity.reasons = ({"Code": code, **capacities},)


def bounds_set(world: World, target: Any, description: str, cause: str) -> None:
    activity = _begin(world, target, description, cause)
    activity.status, activity.ended = "Successful", world.clock.now()
    activity.message = description.replace("Setting", "Successfully set", 1)


def settle(world: World) -> None:
    """Activities whose count runs by now have succeeded."""
    for each in world.store(Scaling).activities:
        if each.status == "InProgress" and each.wanted is not None:
            service = service_of(world, each.resource)
            if service is not None and service.running_count == each.wanted:
                each.status, each.ended = "Successful", world.clock.now()
                each.message = _FULFILLED.format(each.wanted)


def _begin(world: World, target: Any, description: str, cause: str) -> Activity:
    activity = Activity(
        identity=str(uuid.UUID(int=world.random.getrandbits(128), version=4)),
        resource=target.resource_id,
        dimension=target.scalable_dimension,
        description=description,
        cause=cause,
        started=world.clock.now(),
        status="Pending",
    )
    world.store(Scaling).activities.append(activity)
    return activity


def as_listed(activity: Activity) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ActivityId": activity.identity,
        "ServiceNamespace": "ecs",
        "ResourceId": activity.resource,
        "ScalableDimension": activity.dimension,
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": activity.started,
        "StatusCode": activity.status,
    }
    if activity.ended is not None:
        found["EndTime"] = activity.ended
    if activity.message:
        found["StatusMessage"] = activity.message
    if activity.reasons:
        found["NotScaledReasons"] = list(activity.reasons)
    return found
