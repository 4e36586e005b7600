"""The deploy action for ECS: a new revision of what the service runs, and the service told to use it."""

from typing import Any

from runbook_tui.simulator.ecs.revision import described, register
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World


class Deployment:
    """Begins when it is made. Raises Refused as ECS does."""

    def __init__(self, world: World, cluster: str, service: str) -> None:
        self._world, self._cluster, self._service = world, cluster, service
        self._definition = register(world, described(world, self._described()["taskDefinition"]))
        world.call("ecs", "UpdateService", cluster=cluster, service=service, taskDefinition=self._definition)

    def state(self) -> tuple[bool, str]:
        """Whether it is over, and why it failed."""
        deployments = self._described()["deployments"]
        mine = next((one for one in deployments if one["taskDefinition"] == self._definition), None)
        if mine is None:
            return True, "The deployment was replaced by another one."
        if mine["rolloutState"] == "FAILED":
            return True, str(mine.get("rolloutStateReason") or "The deployment failed.")
        return mine["rolloutState"] == "COMPLETED", ""

    def _described(self) -> dict[str, Any]:
        found = self._world.call("ecs", "DescribeServices", cluster=self._cluster, services=[self._service])["services"]
        if not found:
            raise Refused("ServiceNotFoundException", f"The Amazon ECS service {self._service} was not found.")
        return dict(found[0])
