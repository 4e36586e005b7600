"""Deployments of a service: begun, superseded, failed, rolled back, completed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from runbook_tui.simulator import releases
from runbook_tui.simulator.ecs import alarms, events
from runbook_tui.simulator.ecs.ids import number
from runbook_tui.simulator.ecs.making import PLATFORM_VERSION
from runbook_tui.simulator.ecs.state import Plan, Rollout
from runbook_tui.simulator.world import World

_PENDING = 3.0  # seconds until a service deployment is taken up


def begin(world: World, plan: Plan) -> Rollout:
    """A new primary deployment of what the service is now. One that was under way is stopped."""
    service = plan.service
    settings = {"networkConfiguration": service.network_configuration, "loadBalancers": service.load_balancers}
    revision = releases.revision_for(world, service, service.task_definition, settings)
    sources = [_summary(each) for each in plan.rollouts]
    rollout = Rollout(
        id=f"ecs-svc/{number(world.random)}",
        definition=service.task_definition,
        network=service.network_configuration["awsvpcConfiguration"],
        balancers=tuple(dict(each) for each in service.load_balancers),
        revision=revision,
        described={},
        release=releases.release_for(world, service, revision, sources),
        ignored=alarms.ringing(world, service),
    )
    if plan.rollouts:
        text = "Service deployment stopped because a new one was started."
        releases.enter(world, plan.primary.release, "STOPPED", text)
        _step_back(world, plan)
    plan.rollouts.insert(0, rollout)
    _describe_new(world, plan, rollout, f"ECS deployment {rollout.id} in progress.")
    plan.start_failures, plan.retry_at, plan.steady_since, plan.extra = 0, None, None, 0
    world.agenda.after(_PENDING, lambda: _take_up(world, rollout))
    return rollout


class Failure(Struct, frozen=True, kw_only=True):
    """``monitor`` begins the states' reasons, ``what`` ends them and the event; ``why`` is the service deployment's."""

    monitor: str
    what: str
    why: str
    rolls_back: bool


def fail(world: World, plan: Plan, failure: Failure) -> None:
    """The primary deployment has failed; it starts no more tasks."""
    rollout = plan.primary
    _become(world, rollout, "FAILED", f"{failure.monitor}: {failure.what}.")
    events.say(world, plan, f"(deployment {rollout.id}) deployment failed: {failure.what}.")
    if rolls_back(rollout):
        releases.enter(world, rollout.release, "ROLLBACK_FAILED")
    elif failure.rolls_back:
        roll_back(world, plan, failure.monitor, f"Service deployment rolled back because {failure.why}.")
    else:
        releases.enter(world, rollout.release, "STOPPED", f"Service deployment stopped because {failure.why}.")


def rolls_back(rollout: Rollout) -> bool:
    return bool(rollout.release["status"] == "ROLLBACK_IN_PROGRESS")


def last_completed(plan: Plan) -> Rollout | None:
    return next((each for each in reversed(plan.history) if each is not plan.primary), None)


def roll_back(world: World, plan: Plan, monitor: str, why: str) -> None:
    """To the most recent deployment that completed. Without one the service stalls."""
    failed, target = plan.primary, last_completed(plan)
    release = failed.release
    if target is None:
        releases.enter(world, release, "ROLLBACK_FAILED", f"{why} No completed deployment was found to roll back to.")
        return
    events.say(world, plan, f"rolling back to deployment {target.id}.")
    release["rollback"] = {"reason": why, "startedAt": world.clock.now(), "serviceRevisionArn": target.revision}
    releases.enter(world, release, "ROLLBACK_IN_PROGRESS", why)
    _step_back(world, plan)
    if failed.state == "IN_PROGRESS":
        _become(world, failed, "FAILED", f"ECS deployment {failed.id} was stopped.")
    failed.keeps = 0
    if target in plan.rollouts:
        plan.rollouts.remove(target)
    plan.rollouts.insert(0, target)
    target.release, target.failures, target.keeps, target.bakes_until = release, 0, 0, None
    target.ignored = alarms.ringing(world, plan.service)
    _describe_new(world, plan, target, f"{monitor}: rolling back to deploymentId {target.id}.", keep_date=True)
    _make_the_service(plan, target)
    plan.start_failures, plan.retry_at, plan.steady_since, plan.extra = 0, None, None, 0


def halt(world: World, plan: Plan) -> None:
    """The primary deployment starts no more tasks, and nothing is rolled back."""
    rollout = plan.primary
    _become(world, rollout, "FAILED", f"ECS deployment {rollout.id} was stopped.")
    releases.enter(world, rollout.release, "STOPPED", "Service deployment stopped because of a stop request.")


def complete(world: World, plan: Plan) -> None:
    rollout = plan.primary
    _become(world, rollout, "COMPLETED", f"ECS deployment {rollout.id} completed.")
    rollout.completed, rollout.failures, rollout.described["failedTasks"] = True, 0, 0
    if rollout in plan.history:
        plan.history.remove(rollout)
    plan.history.append(rollout)
    events.say(world, plan, f"(deployment {rollout.id}) deployment completed.")
    releases.enter(world, rollout.release, "ROLLBACK_SUCCESSFUL" if rolls_back(rollout) else "SUCCESSFUL")


def has_baked(world: World, plan: Plan) -> bool:
    """Whether the alarms have been watched for long enough; the first call begins it. A rollback is not watched."""
    rollout, now = plan.primary, world.clock.now()
    if rolls_back(rollout):
        return True
    if rollout.bakes_until is None:
        rollout.bakes_until = now + timedelta(seconds=alarms.bake_seconds(world, plan.service))
    return now >= rollout.bakes_until


def drop(plan: Plan, rollout: Rollout) -> None:
    """Its last task is gone."""
    plan.rollouts.remove(rollout)
    plan.service.deployments = [each.described for each in plan.rollouts]


def _take_up(world: World, rollout: Rollout) -> None:
    if rollout.release["status"] == "PENDING":
        releases.enter(world, rollout.release, "IN_PROGRESS")


def _step_back(world: World, plan: Plan) -> None:
    """The primary deployment becomes an old one, which keeps the tasks that it has."""
    former = plan.primary
    former.keeps = sum(each.rollout is former for each in plan.wanted())
    former.described.update(status="ACTIVE", updatedAt=world.clock.now())


def _describe_new(world: World, plan: Plan, rollout: Rollout, reason: str, *, keep_date: bool = False) -> None:
    service, now = plan.service, world.clock.now()
    created = rollout.described.get("createdAt", now) if keep_date else now
    rollout.described.update(
        id=rollout.id,
        status="PRIMARY",
        taskDefinition=rollout.definition,
        desiredCount=service.desired_count,
        runningCount=0,
        pendingCount=0,
        failedTasks=0,
        createdAt=created,
        updatedAt=now,
        launchType=service.launch_type,
        platformVersion=PLATFORM_VERSION,
        platformFamily="Linux",
        networkConfiguration={"awsvpcConfiguration": rollout.network},
        rolloutState="IN_PROGRESS",
        rolloutStateReason=reason,
    )
    service.deployments = [each.described for each in plan.rollouts]


def _become(world: World, rollout: Rollout, state: str, reason: str) -> None:
    rollout.described.update(rolloutState=state, rolloutStateReason=reason, updatedAt=world.clock.now())


def _make_the_service(plan: Plan, rollout: Rollout) -> None:
    """A rollback changes the service back, too: what deploys next starts from there."""
    plan.service.task_definition = rollout.definition
    plan.service.network_configuration = {"awsvpcConfiguration": dict(rollout.network)}
    plan.service.load_balancers = [dict(each) for each in rollout.balancers]


def _summary(rollout: Rollout) -> Mapping[str, Any]:
    described = rollout.described
    return releases.summary(
        rollout.revision, described["desiredCount"], described["runningCount"], described["pendingCount"]
    )
