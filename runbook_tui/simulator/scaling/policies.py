"""An alarm rings, a scaling policy acts: within bounds, cooldowns and suspensions."""

from datetime import timedelta
from typing import Any

from runbook_tui.simulator.metrics.alarm import Alarm
from runbook_tui.simulator.metrics.reasons import java
from runbook_tui.simulator.scaling.activities import Cooldown, Scaling, not_scaled, service_of, set_count
from runbook_tui.simulator.scaling.amounts import step_count, tracking_count
from runbook_tui.simulator.world import World

_DEFAULT_COOLDOWN = 300


class CannotScale(Exception):
    """There is no such policy any more, or it has no step for what the alarm measured. What the history says of it."""


def run(world: World, arn: str, alarm: Alarm) -> None:
    """What the alarm's ringing makes of the service's desired count. Raises CannotScale."""
    policy = _policy(world, arn)
    target = world.backend("application-autoscaling").targets.get(policy.scalable_dimension, {}).get(policy.resource_id)
    service = service_of(world, policy.resource_id)
    if target is None or service is None:
        raise CannotScale(f"Scaling policy {policy.policy_name} has no scalable target")
    cause = f"monitor alarm {alarm.name} in state ALARM triggered policy {policy.policy_name}"
    current = int(service.desired_count)
    wanted = _wanted(policy, alarm, current)
    if wanted > current:
        _out(world, policy, target, alarm, cause)
    elif wanted < current:
        _in(world, policy, target, service, wanted, cause)


def _policy(world: World, arn: str) -> Any:
    whole = arn.partition(":createdBy/")[0]
    for policy in world.backend("application-autoscaling").policies.values():
        if policy.policy_arn == whole:
            return policy
    raise CannotScale(f"Scaling policy {whole} not found")


def _out(world: World, policy: Any, target: Any, alarm: Alarm, cause: str) -> None:
    """While a scale-out's cooldown runs, what it added counts: only a bigger step adds the difference."""
    scaling, now, service = world.store(Scaling), world.clock.now(), service_of(world, policy.resource_id)
    if _suspended(target, "DynamicScalingOutSuspended"):
        return
    current, base = int(service.desired_count), int(service.desired_count)
    running = scaling.out.get(target.resource_id)
    if running is not None and now < running.until:
        base = running.base
    wanted = min(_wanted(policy, alarm, base), int(target.max_capacity))
    if wanted <= current:
        if current >= int(target.max_capacity):
            not_scaled(world, target, cause, "AlreadyAtMaxCapacity", MaxCapacity=int(target.max_capacity))
        return
    scaling.inward.pop(target.resource_id, None)
    seconds = _cooldown(policy, "ScaleOutCooldown")
    scaling.out[target.resource_id] = Cooldown(until=now + timedelta(seconds=seconds), base=base)
    set_count(world, target, wanted, cause)


def _in(world: World, policy: Any, target: Any, service: Any, wanted: int, cause: str) -> None:
    scaling, now = world.store(Scaling), world.clock.now()
    running = scaling.inward.get(target.resource_id)
    if _suspended(target, "DynamicScalingInSuspended") or (running is not None and now < running.until):
        return
    current, least = int(service.desired_count), int(target.min_capacity)
    if current <= least:
        not_scaled(world, target, cause, "AlreadyAtMinCapacity", MinCapacity=least)
        return
    if service.deployments and service.deployments[0].get("rolloutState") == "IN_PROGRESS":
        # ECS allows no scale-in while it deploys
        not_scaled(world, target, cause, "TargetServicePutResourceAsUnscalable")
        return
    scaling.inward[target.resource_id] = Cooldown(until=now + timedelta(seconds=_cooldown(policy, "ScaleInCooldown")))
    set_count(world, target, max(wanted, least), cause)


def _wanted(policy: Any, alarm: Alarm, current: int) -> int:
    threshold = float(alarm.settings["Threshold"])
    value = _value(alarm, threshold)
    if policy.policy_type == "StepScaling":
        found = step_count(policy.step_scaling_policy_configuration, current, value - threshold)
        if found is None:
            beyond = f"breach delta {java(value - threshold)}"
            raise CannotScale(f"No step adjustment found for metric value [{java(value)}] and {beyond}")
        return found
    configuration = policy.target_tracking_scaling_policy_configuration
    high = "GreaterThan" in alarm.settings["ComparisonOperator"]
    if not high and configuration.get("DisableScaleIn"):
        return current
    return tracking_count(current, value, float(configuration["TargetValue"]), high=high)


def _value(alarm: Alarm, default: float) -> float:
    """The newest datapoint; an alarm that was set by hand may have none."""
    known = [point.value for _, point in sorted(alarm.recent.items()) if point.value is not None]
    return known[-1] if known else default


def _cooldown(policy: Any, member: str) -> int:
    if policy.policy_type == "StepScaling":
        return int(policy.step_scaling_policy_configuration.get("Cooldown", _DEFAULT_COOLDOWN))
    return int(policy.target_tracking_scaling_policy_configuration.get(member, _DEFAULT_COOLDOWN))


def _suspended(target: Any, member: str) -> bool:
    return bool((target.suspended_state or {}).get(member))
