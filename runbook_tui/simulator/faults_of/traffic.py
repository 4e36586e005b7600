"""How much is asked of prod."""

from typing import Any

from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

_DAY = 1440.0


@fault("traffic-spike", "prod: six times as much traffic as usual")
def traffic_spike(world: World, _argument: str) -> Undo:
    return _ending(world, world.load.spike("prod", 6.0, world.clock.now(), _DAY))


@fault("traffic-growth", "prod: the traffic grows to three times as much within a week")
def traffic_growth(world: World, _argument: str) -> Undo:
    return _ending(world, world.load.growth("prod", 3.0, world.clock.now(), 7.0))


def _ending(world: World, change: Any) -> Undo:
    return lambda: world.load.cancel(change, world.clock.now())
