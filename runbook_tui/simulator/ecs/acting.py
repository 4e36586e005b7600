"""From what the scheduler decides to tasks that are stopped and started."""

from collections.abc import Callable

from runbook_tui.simulator.ecs import balance, events, placement
from runbook_tui.simulator.ecs.moves import Moves, Seen, Wish, next_moves
from runbook_tui.simulator.ecs.state import Health, Life, Plan, Rollout
from runbook_tui.simulator.world import World


def act(world: World, plan: Plan, changed: Callable[[Life], None]) -> None:
    """``changed`` is told of every new stage of the tasks that are started."""
    balance.consider(world, plan)
    moves = next_moves(_seen(plan), _wish(world, plan))
    by_id = {each.task.id: each for each in plan.wanted()}
    stopped = [by_id[each] for each in (*moves.unhealthy, *moves.surplus)]
    for life in stopped:
        if life.rollout is not None and life.rollout is not plan.primary:
            life.rollout.keeps = max(life.rollout.keeps - 1, 0)
    placement.stop(world, plan, stopped)
    _start(world, plan, moves, changed)
    if moves.stuck and len(plan.rollouts) > 1:
        events.warn(
            world,
            plan,
            "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
            "Update the minimumHealthyPercent or maximumPercent value and try again.",
        )


def _start(world: World, plan: Plan, moves: Moves, changed: Callable[[Life], None]) -> None:
    replaced = sum(each.health is Health.UNHEALTHY for each in plan.lives)
    started: list[Life] = []
    for rollout in plan.rollouts[1:]:
        count = min(_lost(plan, rollout), moves.restart - len(started))
        started += placement.start(world, plan, rollout, count, changed) if count > 0 else []
    if moves.start:
        started += placement.start(world, plan, plan.primary, moves.start, changed)
    placement.announce(world, plan, started, min(replaced, len(started)))


def _seen(plan: Plan) -> list[Seen]:
    return [
        Seen(
            task=life.task.id,
            primary=life.rollout is plan.primary,
            health=life.health,
            zone=str(life.task.availability_zone),
            order=number,
        )
        for number, life in enumerate(plan.wanted())
    ]


def _wish(world: World, plan: Plan) -> Wish:
    service, configuration = plan.service, plan.service.deployment_configuration
    throttled = plan.retry_at is not None and world.clock.now() < plan.retry_at
    return Wish(
        goal=service.desired_count + plan.extra,
        desired=service.desired_count,
        minimum_percent=configuration["minimumHealthyPercent"],
        maximum_percent=configuration["maximumPercent"],
        lost=sum(_lost(plan, each) for each in plan.rollouts[1:]),
        starts=not throttled,
        failed=plan.primary.state == "FAILED",
    )


def _lost(plan: Plan, rollout: Rollout) -> int:
    """How many tasks an old deployment lacks. One that never completed gets none back."""
    if not rollout.completed:
        return 0
    return max(rollout.keeps - sum(each.rollout is rollout for each in plan.wanted()), 0)
