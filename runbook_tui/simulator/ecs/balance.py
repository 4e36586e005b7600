"""Availability zones: a service whose tasks lie unevenly gets one more where there are fewest, and loses one."""

from collections import Counter

from runbook_tui.simulator.ecs import events
from runbook_tui.simulator.ecs.placement import zones_of
from runbook_tui.simulator.ecs.state import Health, Plan
from runbook_tui.simulator.world import World


def consider(world: World, plan: Plan) -> None:
    """Only when nothing else is to be done, one task at a time, and only where more than desired may run."""
    if not plan.rollouts or plan.service.availability_zone_rebalancing != "ENABLED":
        return
    wanted = plan.wanted()
    settled = (
        len(plan.rollouts) == 1
        and plan.primary.state == "COMPLETED"
        and all(each.health is Health.HEALTHY for each in wanted)
    )
    if not settled:
        return
    if plan.extra:
        if len(wanted) > plan.service.desired_count:
            plan.extra = 0
        return
    counts = _counts(world, plan)
    if len(wanted) != plan.service.desired_count or not counts:
        return
    told = ", ".join(f"{count} tasks in {zone}" for zone, count in sorted(counts.items()))
    uneven = max(counts.values()) - min(counts.values()) > 1
    desired, most = plan.service.desired_count, plan.service.deployment_configuration["maximumPercent"]
    if uneven and desired * most // 100 > desired:
        events.say(world, plan, f"is not AZ balanced with {told}. AZ Rebalancing in progress.")
        plan.extra, plan.rebalances = 1, True
    elif plan.rebalances and not uneven and len(plan.lives) == len(wanted):
        plan.rebalances = False
        events.say(world, plan, f"is AZ balanced with {told}.")


def _counts(world: World, plan: Plan) -> dict[str, int]:
    found = Counter(str(each.task.availability_zone) for each in plan.wanted())
    return {zone: found[zone] for zone in dict.fromkeys(zones_of(world, plan.primary))}
