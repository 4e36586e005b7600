"""What stands in the way of a task that is about to start, and the pieces that AWS's sentences about it share."""

from typing import Any

from msgspec import Struct

from runbook_tui.simulator.ecs.ids import identifier
from runbook_tui.simulator.ecs.paths import reaches
from runbook_tui.simulator.ecs.permission import refusal
from runbook_tui.simulator.world import World

UNABLE_TO_PULL = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
)
CHECK_NETWORK = "Please check your task network configuration."
CANCELED = f"RequestCanceled: request context canceled caused by: context deadline exceeded. {CHECK_NETWORK}"
PEER = "52.95.80.11:443"
# seconds until AWS gives up: what is refused is refused at once, what times out or is not found is tried again
AT_ONCE, GIVES_UP, RETRIED, TIMED_OUT = 6.0, 20.0, 125.0, 150.0


class Obstacle(Struct, frozen=True):
    """``text`` is the task's ``stoppedReason``, ``seconds`` how long AWS tries before it says so."""

    text: str
    seconds: float


class Start(Struct, frozen=True, kw_only=True):
    """A task that is about to start. ``interface`` is moto's model of its network interface."""

    world: World
    task: str
    definition: Any
    interface: Any
    public: bool

    def reaches(self, service: str) -> bool:
        return reaches(self.world, self.interface, service, public=self.public)

    def refusal(self, action: str, resource: str) -> str:
        """AWS's sentence when the execution role may not do it, else empty."""
        role = str(getattr(self.definition, "execution_role_arn", "") or "")
        return refusal(self.world, role, self.task, action, resource)

    def request(self) -> str:
        """The id of a request that AWS made for the task."""
        return identifier(self.world.random)

    def denied(self, refusal: str) -> str:
        """In the words of the older parts of the agent."""
        return f"AccessDeniedException: {refusal} status code: 400, request id: {self.request()}"
