"""The least and the most: a count outside of them is brought inside at once."""

from typing import Any

from runbook_tui.simulator.scaling.activities import service_of, set_count
from runbook_tui.simulator.world import World


def enforce(world: World, target: Any) -> None:
    service = service_of(world, target.resource_id)
    if service is None:
        return
    least, most = int(target.min_capacity), int(target.max_capacity)
    if service.desired_count < least:
        set_count(world, target, least, f"minimum capacity was set to {least}")
    elif service.desired_count > most:
        set_count(world, target, most, f"maximum capacity was set to {most}")
