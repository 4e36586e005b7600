"""Service deployments and service revisions, as the API describes them. Both are kept for 90 days."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.ecs import images
from runbook_tui.simulator.ecs.breaker_rules import threshold
from runbook_tui.simulator.ecs.ids import number, word
from runbook_tui.simulator.ecs.making import PLATFORM_VERSION
from runbook_tui.simulator.world import World

_KEPT = timedelta(days=90)
_OVER = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")


def releases_of(world: World, service: str) -> list[dict[str, Any]]:
    """Newest first."""
    earliest = world.clock.now() - _KEPT
    return [each for each in world.releases.get(service, ()) if each["createdAt"] > earliest]


def revision_for(world: World, service: Any, definition: str, settings: Mapping[str, Any]) -> str:
    """Writes down a new revision, with the digests that its images have now, and gives its ARN."""
    place = f"{service.cluster_name}/{service.name}"
    arn = world.arn("ecs", f"service-revision/{place}/{number(world.random)}")
    containers = world.backend("ecs").describe_task_definition(definition).container_definitions
    world.revisions[arn] = {
        "serviceRevisionArn": arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "taskDefinition": definition,
        "launchType": service.launch_type,
        "platformVersion": PLATFORM_VERSION,
        "platformFamily": "Linux",
        **settings,
        "containerImages": [_pinned(world, each) for each in containers],
        "guardDutyEnabled": False,
        "createdAt": world.clock.now(),
    }
    return arn


def _pinned(world: World, container: Mapping[str, Any]) -> dict[str, Any]:
    digest = images.digest_of(world, container["image"])
    pinned = {"containerName": container["name"], "image": container["image"]}
    return {**pinned, "imageDigest": digest} if digest else pinned


def release_for(world: World, service: Any, revision: str, sources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Writes down a service deployment that has been asked for."""
    now = world.clock.now()
    configuration = service.deployment_configuration
    alarms = configuration.get("alarms", {})
    release: dict[str, Any] = {
        "serviceDeploymentArn": world.arn(
            "ecs", f"service-deployment/{service.cluster_name}/{service.name}/{word(world.random)}"
        ),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": now,
        "updatedAt": now,
        "sourceServiceRevisions": [dict(each) for each in sources],
        "targetServiceRevision": summary(revision, service.desired_count),
        "status": "PENDING",
        "deploymentConfiguration": configuration,
        "deploymentCircuitBreaker": {
            "status": "MONITORING" if configuration["deploymentCircuitBreaker"]["enable"] else "DISABLED",
            "failureCount": 0,
            "threshold": threshold(configuration, service.desired_count),
        },
        "alarms": {
            "status": "MONITORING" if alarms.get("enable") else "DISABLED",
            "alarmNames": alarms.get("alarmNames", []),
            "triggeredAlarmNames": [],
        },
    }
    world.releases.setdefault(service.arn, []).insert(0, release)
    return release


def summary(revision: str, requested: int, running: int = 0, pending: int = 0) -> dict[str, Any]:
    return {
        "arn": revision,
        "requestedTaskCount": requested,
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    }


def is_over(release: Mapping[str, Any]) -> bool:
    return release["status"] in _OVER


def enter(world: World, release: dict[str, Any], status: str, reason: str = "") -> None:
    """What is over stays as it is."""
    if is_over(release):
        return
    now = world.clock.now()
    release.update(status=status, updatedAt=now)
    if reason:
        release["statusReason"] = reason
    if status == "IN_PROGRESS":
        release["startedAt"] = now
    if status in _OVER:
        release["finishedAt"] = now
        if status == "STOPPED":
            release["stoppedAt"] = now
        for monitor in ("deploymentCircuitBreaker", "alarms"):
            if release[monitor]["status"] == "MONITORING":
                release[monitor]["status"] = "MONITORING_COMPLETE"
