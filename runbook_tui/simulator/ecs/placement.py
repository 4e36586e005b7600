"""Where a service's next task goes, and starting and stopping tasks for it, with the events that tell of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from runbook_tui.simulator import quotas
from runbook_tui.simulator.ecs import events, lifecycle, targets
from runbook_tui.simulator.ecs.making import Order
from runbook_tui.simulator.ecs.permission import can_be_assumed
from runbook_tui.simulator.ecs.state import Health, Life, Plan, Rollout, Schedule, Stage
from runbook_tui.simulator.world import World

_SCHEDULER = "ServiceSchedulerInitiated"
_ASSUME = (
    "Please verify that the role being passed has the proper trust relationship and permissions and that your IAM "
    "user has permissions to pass this role."
)


def start(world: World, plan: Plan, rollout: Rollout, count: int, changed: Callable[[Life], None]) -> list[Life]:
    """Fewer than ``count``, and an event that says why, when the world does not let them be placed."""
    full = world.store(Schedule).no_capacity
    if full:
        events.warn(world, plan, f"was unable to place a task. Reason: {full}")
        return []
    problem = _unplaceable(world, rollout)
    if problem:
        events.complain(world, plan, problem)
        return []
    room = quotas.room_for(world, rollout.definition)
    if room < count:
        events.warn(world, plan, f"was unable to place a task. Reason: {quotas.REACHED}")
    return [_launch(world, plan, rollout, changed) for _ in range(min(count, room))]


def announce(world: World, plan: Plan, started: list[Life], replaced: int) -> None:
    if not started:
        return
    zone = started[0].task.availability_zone
    if plan.extra:
        text = f"has started {len(started)} tasks in {zone} to AZ Rebalance: {events.named(started)}."
    else:
        text = f"has started {len(started)} tasks: {events.named(started)}."
    suffix = f" Amazon ECS replaced {replaced} tasks due to an unhealthy status." if replaced else ""
    events.say(world, plan, text + suffix)


def stop(world: World, plan: Plan, lives: Sequence[Life]) -> None:
    """Tasks that run lose their targets now and are stopped when their connections have ended."""
    pending = [each for each in lives if each.stage is not Stage.RUNNING]
    running = [each for each in lives if each.stage is Stage.RUNNING]
    scaling = f"Scaling activity initiated by (deployment {plan.primary.id})"
    delay = max((targets.drain_seconds(world, each) for each in running), default=0.0)
    for life in lives:
        reason = life.complaint if life.health is Health.UNHEALTHY else scaling
        lifecycle.stop(world, life, reason or scaling, _SCHEDULER, drain=delay)
    if pending:
        events.say(world, plan, f"stopped {len(pending)} pending tasks.")
    if running:
        _tell_of_draining(world, plan, running)
        world.agenda.after(delay, lambda: _tell_of_end(world, plan, running))


def zones_of(world: World, rollout: Rollout) -> list[str]:
    ec2 = world.backend("ec2")
    return [str(ec2.get_subnet(each).availability_zone) for each in rollout.network["subnets"]]


def _launch(world: World, plan: Plan, rollout: Rollout, changed: Callable[[Life], None]) -> Life:
    service = plan.service
    zones = zones_of(world, rollout)
    taken = Counter(each.task.availability_zone for each in plan.wanted())
    fewest = min(range(len(zones)), key=lambda index: taken[zones[index]])
    order = Order(
        cluster=service.cluster_name,
        definition=rollout.definition,
        network={**rollout.network, "subnets": [rollout.network["subnets"][fewest]]},
        group=f"service:{service.name}",
        started_by=rollout.id,
        tags=list(service.tags),
        execute_command=bool(service.enable_execute_command),
    )

    def born(task: Any) -> Life:
        return Life(task=task, balancers=rollout.balancers, rollout=rollout, changed=changed)

    life = lifecycle.launch(world, order, born)
    plan.lives.append(life)
    return life


def _unplaceable(world: World, rollout: Rollout) -> str:
    ec2 = world.backend("ec2")
    subnets = {name for zone in ec2.subnets.values() for name in zone}
    for subnet in rollout.network["subnets"]:
        if subnet not in subnets:
            return f"was unable to place a task. Reason: The subnet ID '{subnet}' does not exist."
    for group in rollout.network.get("securityGroups", ()):
        if ec2.get_security_group_from_id(group) is None:
            return f"was unable to place a task. Reason: The security group '{group}' does not exist."
    role = getattr(world.backend("ecs").describe_task_definition(rollout.definition), "execution_role_arn", None)
    if role and not can_be_assumed(world, role):
        assume = f"ECS was unable to assume the role '{role}' that was provided for this task. {_ASSUME}"
        return f"failed to launch a task with (error {assume})"
    return ""


def _tell_of_draining(world: World, plan: Plan, lives: Sequence[Life]) -> None:
    arns = [each["targetGroupArn"] for each in lives[0].balancers if each.get("targetGroupArn")]
    for arn in arns:
        events.say(world, plan, f"deregistered {len(lives)} targets in (target-group {arn})")
    if arns:
        events.say(world, plan, f"has begun draining connections on {len(lives)} tasks.")


def _tell_of_end(world: World, plan: Plan, lives: list[Life]) -> None:
    events.say(world, plan, f"has stopped {len(lives)} running tasks: {events.named(lives)}.")
