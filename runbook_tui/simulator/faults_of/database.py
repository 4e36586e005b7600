"""The way to the database."""

from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("db-blackholed", "packets between the tasks and the database are swallowed: everything waits for its timeout")
def db_blackholed(world: World, _argument: str) -> Undo:
    return world.gate.block("blackhole", cut=True)


@fault("db-refused", "the database refuses connections at once, and has closed those that were open")
def db_refused(world: World, _argument: str) -> Undo:
    return world.gate.block("refuse", cut=True)
