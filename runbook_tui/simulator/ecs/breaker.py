"""What makes a deployment fail: its circuit breaker, or an alarm."""

from datetime import timedelta

from runbook_tui.simulator.ecs import alarms, deployments
from runbook_tui.simulator.ecs.breaker_rules import threshold
from runbook_tui.simulator.ecs.deployments import Failure
from runbook_tui.simulator.ecs.state import Life, Plan
from runbook_tui.simulator.world import World

_ALARMS_EVERY = timedelta(seconds=30)


def count(world: World, plan: Plan, life: Life) -> None:
    """A task of the primary deployment failed before it was ever healthy. The breaker trips at its threshold."""
    rollout = plan.primary
    if life.counted or life.was_healthy or life.rollout is not rollout or rollout.state != "IN_PROGRESS":
        return
    life.counted = True
    rollout.failures += 1
    rollout.described["failedTasks"] = rollout.failures
    configuration = plan.service.deployment_configuration
    breaker, seen = configuration["deploymentCircuitBreaker"], rollout.release["deploymentCircuitBreaker"]
    seen["failureCount"] = rollout.failures
    limit = seen["threshold"] = threshold(configuration, plan.service.desired_count)
    if not breaker["enable"] or rollout.failures < limit:
        return
    seen["status"] = "TRIGGERED"
    failure = Failure(
        monitor="ECS deployment circuit breaker",
        what="tasks failed to start",
        why="the circuit breaker threshold was exceeded",
        rolls_back=bool(breaker["rollback"]),
    )
    deployments.fail(world, plan, failure)


def forgive(plan: Plan) -> None:
    """A task became healthy."""
    breaker = plan.service.deployment_configuration["deploymentCircuitBreaker"]
    rollout = plan.primary
    if breaker.get("resetOnHealthyTask", True) and rollout.state == "IN_PROGRESS":
        rollout.failures = rollout.described["failedTasks"] = 0
        rollout.release["deploymentCircuitBreaker"]["failureCount"] = 0


def listen(world: World, plan: Plan) -> None:
    """Whether an alarm rings that did not when the deployment began."""
    rollout, now = plan.primary, world.clock.now()
    watched = alarms.names(plan.service)
    if (
        not watched
        or deployments.rolls_back(rollout)
        or rollout.state != "IN_PROGRESS"
        or not any(each.rollout is rollout for each in plan.wanted())
    ):
        return
    if plan.alarms_seen_at is not None and now - plan.alarms_seen_at < _ALARMS_EVERY:
        return
    plan.alarms_seen_at = now
    ringing = sorted(alarms.ringing(world, plan.service) - rollout.ignored)
    if not ringing:
        return
    rollout.release["alarms"].update(status="TRIGGERED", triggeredAlarmNames=ringing)
    failure = Failure(
        monitor="ECS deployment alarm",
        what="alarm detected",
        why=f"the alarm {', '.join(ringing)} was detected",
        rolls_back=bool(plan.service.deployment_configuration["alarms"].get("rollback")),
    )
    deployments.fail(world, plan, failure)
