"""A zone of the region is in trouble, and AWS says so."""

from runbook_tui.simulator.health_events import Events
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("zone-impaired", "one zone of the region is impaired: EC2 and AWS Health say so, nothing else does yet")
def zone_impaired(world: World, _argument: str) -> Undo:
    zone = world.backend("ec2").zones[world.region][0]
    zone.state = "impaired"
    events = world.store(Events)
    number = events.begin("EC2", world.region, zone.name, world.clock.now())

    def undo() -> None:
        zone.state = "available"
        events.end(number, world.clock.now())

    return undo
