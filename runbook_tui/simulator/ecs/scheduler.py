"""The service scheduler: it looks at a service, decides, acts, and arranges when it looks again.

A service in a steady state has nothing on the agenda but its next report of that: the world tells when anything may
have changed, and only a task that is not healthy any more makes the scheduler look.
"""

from datetime import datetime, timedelta
from typing import Any

from runbook_tui.simulator.ecs import acting, breaker, counting, deployments, events, soundness
from runbook_tui.simulator.ecs.state import Health, Life, Plan, Schedule, Stage
from runbook_tui.simulator.world import World

_SOON = (2.0, 6.0)  # seconds until the scheduler notices
_LOOKS_EVERY = 10.0
_LOOKS_AT_LEAST_EVERY = 30.0  # alarms, for one
_STEADY_EVERY = timedelta(hours=6)
_INCONSISTENT = 4  # tasks in a row that never ran
# seconds until the next try after so many starts in a row that failed; then always the last
_DELAYS = (0.0, 200.0, 260.0, 420.0, 600.0, 900.0)


def plan_of(world: World, service: Any) -> Plan:
    schedule = world.store(Schedule)
    if not schedule.watched:
        schedule.watched = True
        world.watchers.append(lambda: _watch(world))
    plan = schedule.plans.get(service.arn)
    if plan is None or plan.service is not service:
        plan = schedule.plans[service.arn] = Plan(service=service)
    return plan


def wake(world: World, plan: Plan, seconds: float | None = None) -> None:
    """Lets the scheduler look soon, unless it does so even earlier."""
    at = world.clock.now() + timedelta(seconds=world.random.uniform(*_SOON) if seconds is None else seconds)
    if plan.next_look is not None and plan.next_look.happening is not None:
        if plan.next_look.at <= at:
            return
        plan.next_look.cancel()
    plan.next_look = world.agenda.at(at, lambda: _look(world, plan))


def task_changed(world: World, plan: Plan, life: Life) -> None:
    """What the lifecycle tells of a service's task."""
    if life.task.stop_code in ("TaskFailedToStart", "EssentialContainerExited") and not life.counted:
        _failed(world, plan, life)
    if life.stage is Stage.RUNNING:
        plan.start_failures, plan.retry_at = 0, None
        plan.registered += 1
    if life.stage is Stage.STOPPED:
        plan.lives.remove(life)
    counting.count(world, plan)
    wake(world, plan)


def _failed(world: World, plan: Plan, life: Life) -> None:
    never_ran = life.task.stop_code == "TaskFailedToStart"
    if never_ran:
        events.complain(world, plan, f"was unable to place a task. Reason: {life.task.stopped_reason.rstrip('.')}.")
        plan.start_failures += 1
        delay = _DELAYS[min(plan.start_failures, len(_DELAYS) - 1)] * world.random.uniform(0.95, 1.05)
        plan.retry_at = world.clock.now() + timedelta(seconds=delay)
        if plan.start_failures >= _INCONSISTENT:
            events.warn(world, plan, "is unable to consistently start tasks successfully.")
    breaker.count(world, plan, life)
    life.counted = True


def _watch(world: World) -> None:
    for plan in world.store(Schedule).plans.values():
        if any(soundness.judge(world, plan, each)[0] is not each.health for each in plan.wanted()):
            wake(world, plan)


def _look(world: World, plan: Plan) -> None:
    plan.next_look = None
    if plan.service.status == "INACTIVE":
        return
    _tell_of_targets(world, plan)
    _judge_all(world, plan)
    breaker.listen(world, plan)
    acting.act(world, plan, lambda life: task_changed(world, plan, life))
    for rollout in plan.rollouts[1:]:
        if not any(each.rollout is rollout for each in plan.lives):
            deployments.drop(plan, rollout)
    _settle(world, plan)
    counting.count(world, plan)
    _arrange(world, plan)


def _tell_of_targets(world: World, plan: Plan) -> None:
    if plan.registered:
        for balancer in plan.primary.balancers:
            events.say(
                world, plan, f"registered {plan.registered} targets in (target-group {balancer['targetGroupArn']})"
            )
        plan.registered = 0


def _judge_all(world: World, plan: Plan) -> None:
    for life in plan.wanted():
        before = life.health
        life.health, complaint = soundness.judge(world, plan, life)
        if life.health is Health.HEALTHY and not life.was_healthy:
            life.was_healthy = True
            if life.rollout is plan.primary:
                breaker.forgive(plan)
        if complaint is not None and before is not Health.UNHEALTHY:
            life.complaint = complaint.reason
            events.say(world, plan, complaint.event)
            breaker.count(world, plan, life)


def _settle(world: World, plan: Plan) -> None:
    if not _is_steady(plan):
        plan.steady_since = None
        if plan.service.status == "DRAINING" and not plan.lives:
            plan.service.status = "INACTIVE"
        return
    now = world.clock.now()
    if plan.primary.state == "IN_PROGRESS":
        if not deployments.has_baked(world, plan):
            return
        deployments.complete(world, plan)
    if plan.steady_since is None or now - plan.steady_since >= _STEADY_EVERY:
        plan.steady_since = now
        events.say_steady(world, plan)


def _is_steady(plan: Plan) -> bool:
    wanted = plan.wanted()
    return (
        plan.service.status == "ACTIVE"
        and len(plan.rollouts) == 1
        and plan.extra == 0
        and plan.primary.state != "FAILED"
        and len(plan.lives) == len(wanted) == plan.service.desired_count
        and all(each.health is Health.HEALTHY for each in wanted)
    )


def _arrange(world: World, plan: Plan) -> None:
    if plan.service.status == "INACTIVE":
        return
    now = world.clock.now()
    wake(world, plan, (_next(plan, now) - now).total_seconds())


def _next(plan: Plan, now: datetime) -> datetime:
    """When something can have changed that nobody would tell: by the mere passing of time."""
    if plan.steady_since is not None:
        return plan.steady_since + _STEADY_EVERY
    soon = now + timedelta(seconds=_LOOKS_EVERY)
    if any(each.stage is Stage.RUNNING and each.health is not Health.HEALTHY for each in plan.wanted()):
        return soon
    times = [now + timedelta(seconds=_LOOKS_AT_LEAST_EVERY)]
    times += [each for each in (plan.retry_at, plan.primary.bakes_until) if each is not None and each > now]
    return min(times)
