"""What the application prints of the requests that nobody really makes: of the thousands a minute, one now and then."""

import random
from typing import TYPE_CHECKING, Any

from runbook_tui.simulator.app_log_history import request

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_EVERY = 5  # minutes


def tell(world: "World", minute: int) -> None:
    """At a full minute, counted since 1970. A service that no request reaches prints nothing."""
    if minute % _EVERY:
        return
    for service in list(world.backend("ecs").services.values()):
        condition = world.monitoring.past.at(f"{service.cluster_name}/{service.name}", minute)
        if condition is not None and condition.reachable:
            _print(world, service, random.Random(f"{service.name} {minute}"), condition.error_rate)  # noqa: S311


def _print(world: "World", service: Any, chance: random.Random, error_rate: float) -> None:
    fields = request(chance)
    if chance.random() < error_rate:
        fields["res"] = {"statusCode": 500}
    status = fields["res"]["statusCode"]
    level = "error" if status >= 500 else "warn" if status >= 400 else "info"
    world.app_log.write(service, level, "request completed", **fields)
