"""What the account may use at once."""

from typing import Any, Final

from msgspec import Struct

from runbook_tui.simulator.world import World


class Quota(Struct, frozen=True, kw_only=True):
    """``usual`` is what an account has that has run for a while."""

    code: str
    name: str
    usual: float


ON_DEMAND: Final = Quota(code="L-3032A538", name="Fargate On-Demand vCPU resource count", usual=140.0)
FARGATE: Final = (ON_DEMAND, Quota(code="L-36FBB829", name="Fargate Spot vCPU resource count", usual=140.0))
# As ECS says it of vCPU; of a number of tasks it says it no more.
REACHED: Final = (
    "You've reached the limit on the number of vCPUs you can run concurrently. For more information, see the "
    "Troubleshooting section of the Amazon ECS Developer Guide."
)


class Granted:
    """``changed`` holds values other than the usual ones, by code."""

    def __init__(self) -> None:
        self.changed: dict[str, float] = {}

    def value(self, quota: Quota) -> float:
        return self.changed.get(quota.code, quota.usual)


def room_for(world: World, definition: str) -> int:
    """How many more tasks of this task definition the quota lets run at once."""
    ecs = world.backend("ecs")
    left = world.store(Granted).value(ON_DEMAND) - in_use(world)
    return max(0, int(left // _vcpu(ecs.describe_task_definition(definition))))


def in_use(world: World) -> float:
    """vCPU of all tasks that have not stopped."""
    clusters = world.backend("ecs").tasks.values()
    return sum(_vcpu(task) for tasks in clusters for task in tasks.values() if task.last_status != "STOPPED")


def _vcpu(sized: Any) -> float:
    return int(sized.cpu or 256) / 1024
