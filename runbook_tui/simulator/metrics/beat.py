"""What happens at each full minute: the past is written down, alarms and schedules are looked at."""

from datetime import timedelta

from runbook_tui.simulator import app_log_traffic
from runbook_tui.simulator.metrics import ringing, visitors
from runbook_tui.simulator.metrics.load import minute_of, time_of
from runbook_tui.simulator.metrics.observe import conditions
from runbook_tui.simulator.world import World


def start(world: World) -> None:
    """From now on. Starting again changes nothing."""
    if not world.monitoring.beating:
        world.monitoring.beating = True
        world.monitoring.past.write(conditions(world), world.clock.now())
        _appoint(world)


def _appoint(world: World) -> None:
    world.agenda.at(time_of(minute_of(world.clock.now())) + timedelta(minutes=1), lambda: _beat(world))


def _beat(world: World) -> None:
    from runbook_tui.simulator.scaling import schedule

    _appoint(world)
    now = world.clock.now()
    world.monitoring.past.write(conditions(world), now)
    visitors.count(world)
    app_log_traffic.tell(world, minute_of(now))
    ringing.evaluate(world)
    schedule.look(world)
