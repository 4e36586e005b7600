"""Scheduled actions: new bounds at a time."""

from datetime import UTC, datetime
from typing import Any

from runbook_tui.simulator.scaling.activities import bounds_set, settle
from runbook_tui.simulator.scaling.bounds import enforce
from runbook_tui.simulator.scaling.calendar import is_due
from runbook_tui.simulator.world import World


def look(world: World) -> None:
    """At a full minute: what is due happens."""
    settle(world)
    now = world.clock.now()
    for action in list(world.backend("application-autoscaling").scheduled_actions):
        if _within(action, now) and is_due(action.schedule, action.timezone, _since(action), now):
            _carry_out(world, action)


def _since(action: Any) -> datetime:
    return _time(action.start_time) or datetime.fromtimestamp(int(action.creation_time) // 60 * 60, UTC)


def _within(action: Any, now: datetime) -> bool:
    start, end = _time(action.start_time), _time(action.end_time)
    return (start is None or start <= now) and (end is None or now <= end)


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(str(value))


def _carry_out(world: World, action: Any) -> None:
    target = world.backend("application-autoscaling").targets.get(action.scalable_dimension, {}).get(action.resource_id)
    if target is None or (target.suspended_state or {}).get("ScheduledScalingSuspended"):
        return
    told = []
    for member, attribute, word in (("MinCapacity", "min_capacity", "min"), ("MaxCapacity", "max_capacity", "max")):
        value = (action.scalable_target_action or {}).get(member)
        if value is not None:
            setattr(target, attribute, int(value))
            told.append(f"{word} capacity to {value}")
    cause = f"scheduled action name {action.scheduled_action_name} was triggered"
    bounds_set(world, target, f"Setting {' and '.join(told)}", cause)
    enforce(world, target)
