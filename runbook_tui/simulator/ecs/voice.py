"""What the application of a task prints at the turns of its life, as it would have printed it."""

from runbook_tui.simulator.application import service_of
from runbook_tui.simulator.ecs.state import Life
from runbook_tui.simulator.world import World

_OUT_OF_HEAP = 134
_KILLED = 137  # the kernel leaves nobody the time to say anything


def foresee(world: World, life: Life) -> None:
    """It runs now: it will say when it listens. A command of its own, such as a migration, prints nothing."""
    if not any("command" in each for each in life.task.overrides.get("containerOverrides", ())):
        life.ahead.append(world.agenda.after(life.behaviour.start_seconds, lambda: _comes_up(world, life)))


def is_told_to_end(world: World, life: Life) -> None:
    if life.said_hello:
        world.app_log.stopping(service_of(life.task), life.task)


def ends(world: World, life: Life, exit_code: int) -> None:
    """By itself."""
    if exit_code == _OUT_OF_HEAP:
        world.app_log.out_of_memory(service_of(life.task), life.task)
    elif exit_code not in (0, _KILLED):
        world.app_log.crashed(service_of(life.task), life.task)


def _comes_up(world: World, life: Life) -> None:
    life.said_hello = True
    failure, port = world.app.greeting(life.task)
    world.app_log.started(service_of(life.task), life.task, failure=failure, port=port)
