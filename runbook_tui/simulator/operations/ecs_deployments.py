"""ECS service deployments and service revisions: listed, described, stopped."""

from datetime import UTC, datetime
from typing import Any

from runbook_tui.simulator.ecs import deployments, scheduler
from runbook_tui.simulator.ecs.state import Plan, Schedule
from runbook_tui.simulator.operations.ecs import service_of
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.releases import enter, releases_of
from runbook_tui.simulator.world import World

_BRIEF = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "startedAt", "finishedAt", "status")
_ACTS_AFTER = 4.0  # seconds between the request and what it does


@overlay("ecs", "ListServiceDeployments")
def list_service_deployments(world: World, parameters: Parameters) -> Reply:
    service = service_of(world, parameters)
    wanted, span = parameters.get("status") or (), parameters.get("createdAt") or {}
    found = [
        {member: each[member] for member in (*_BRIEF, "statusReason") if member in each}
        | {"targetServiceRevisionArn": each["targetServiceRevision"]["arn"]}
        for each in releases_of(world, service.arn)
        if (not wanted or each["status"] in wanted) and _within(span, each["createdAt"])
    ]
    given = {"maxResults": 20, **{key: value for key, value in parameters.items() if value}}
    items, token = page(found, given, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {"serviceDeployments": items, "nextToken": token}


def _within(span: Parameters, at: datetime) -> bool:
    """moto reads times without their zone, which is UTC."""
    after, before = (span[each].replace(tzinfo=UTC) if span.get(each) else at for each in ("after", "before"))
    return bool(after <= at <= before)


@overlay("ecs", "DescribeServiceDeployments")
def describe_service_deployments(world: World, parameters: Parameters) -> Reply:
    return _found("serviceDeployments", _known(world), parameters["serviceDeploymentArns"])


@overlay("ecs", "DescribeServiceRevisions")
def describe_service_revisions(world: World, parameters: Parameters) -> Reply:
    """Those that no release within the last 90 days speaks of are forgotten."""
    spoken_of = {
        each["arn"]
        for release in _known(world).values()
        for each in (release["targetServiceRevision"], *release["sourceServiceRevisions"])
    }
    known = {arn: each for arn, each in world.revisions.items() if arn in spoken_of}
    return _found("serviceRevisions", known, parameters["serviceRevisionArns"])


@overlay("ecs", "StopServiceDeployment")
def stop_service_deployment(world: World, parameters: Parameters) -> Reply:
    """``ROLLBACK`` goes back to the last deployment that completed; ``ABORT`` leaves everything as it is."""
    release = _release(world, parameters)
    plan = _plan(world, release)
    back = (parameters.get("stopType") or "ROLLBACK") == "ROLLBACK"
    stoppable = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED") if back else ("PENDING", "IN_PROGRESS")
    if release["status"] not in stoppable or plan.primary.release is not release:
        raise Refused(
            "ConflictException",
            f"The service deployment cannot be stopped because its status is {release['status']}.",
        )
    if back and deployments.last_completed(plan) is None:
        raise Refused("ConflictException", "There is no completed service deployment to roll back to.")
    enter(world, release, "ROLLBACK_REQUESTED" if back else "STOP_REQUESTED")
    world.agenda.after(_ACTS_AFTER, lambda: _roll_back(world, plan, release) if back else _halt(world, plan, release))
    return {"serviceDeploymentArn": release["serviceDeploymentArn"]}


@overlay("ecs", "ContinueServiceDeployment")
def continue_service_deployment(world: World, parameters: Parameters) -> Reply:
    """Nothing here ever waits for it: there are no lifecycle hooks."""
    _release(world, parameters)
    raise not_simulated("ecs:ContinueServiceDeployment: a deployment with lifecycle hooks")


def _roll_back(world: World, plan: Plan, release: dict[str, Any]) -> None:
    if release["status"] == "ROLLBACK_REQUESTED" and plan.primary.release is release:
        text = "Service deployment rolled back because of a stop request."
        deployments.roll_back(world, plan, "ECS deployment stopped", text)
        scheduler.wake(world, plan)


def _halt(world: World, plan: Plan, release: dict[str, Any]) -> None:
    if release["status"] == "STOP_REQUESTED" and plan.primary.release is release:
        deployments.halt(world, plan)
        scheduler.wake(world, plan)


def _release(world: World, parameters: Parameters) -> dict[str, Any]:
    known = _known(world)
    found = known.get(parameters["serviceDeploymentArn"])
    if found is None:
        raise Refused("ServiceDeploymentNotFoundException", "The service deployment was not found.")
    return found


def _plan(world: World, release: dict[str, Any]) -> Plan:
    plan = world.store(Schedule).plans.get(release["serviceArn"])
    if plan is None or plan.service.status != "ACTIVE":
        raise Refused("ConflictException", "The service is not active.")
    if plan.service.deployment_controller["type"] != "ECS":
        text = "The service's deployment controller does not support service deployments."
        raise Refused("UnsupportedFeatureException", text)
    return plan


def _known(world: World) -> dict[str, dict[str, Any]]:
    services = list(world.releases)
    return {each["serviceDeploymentArn"]: each for service in services for each in releases_of(world, service)}


def _found(member: str, known: dict[str, dict[str, Any]], arns: list[str]) -> Reply:
    if len(arns) > 20:
        raise Refused("InvalidParameterException", "You can describe at most 20 at once.")
    missing = [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]
    return {member: [known[arn] for arn in arns if arn in known], "failures": missing}
