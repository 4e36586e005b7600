"""Service deployments and service revisions, as the API describes them."""

import math
import uuid
from typing import Any

from runbook_tui.simulator.fleet import image_digest
from runbook_tui.simulator.world import World


def record_release(world: World, service: Any) -> None:
    """Writes down the service's present deployment as one that succeeded, with the revision that it brought."""
    place = f"{service.cluster_name}/{service.name}"
    deployment = service.deployments[0]
    revision = _revision(world, service, place)
    configuration = service.deployment_configuration
    breaker, alarms = configuration.get("deploymentCircuitBreaker", {}), configuration.get("alarms", {})
    former = world.releases.get(service.arn, [])
    release = {
        "serviceDeploymentArn": world.arn("ecs", f"service-deployment/{place}/{uuid.uuid4().hex[:20]}"),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": deployment["createdAt"],
        "startedAt": deployment["createdAt"],
        "finishedAt": deployment["updatedAt"],
        "updatedAt": deployment["updatedAt"],
        "sourceServiceRevisions": [former[0]["targetServiceRevision"]] if former else [],
        "targetServiceRevision": {
            "arn": revision,
            "requestedTaskCount": service.desired_count,
            "runningTaskCount": service.running_count,
            "pendingTaskCount": 0,
        },
        "status": "SUCCESSFUL",
        "deploymentConfiguration": configuration,
        "deploymentCircuitBreaker": {
            "status": "MONITORING_COMPLETE" if breaker.get("enable") else "DISABLED",
            "failureCount": 0,
            "threshold": min(200, max(3, math.ceil(service.desired_count / 2))),
        },
        "alarms": {
            "status": "MONITORING_COMPLETE" if alarms.get("enable") else "DISABLED",
            "alarmNames": alarms.get("alarmNames", []),
        },
    }
    world.releases[service.arn] = [release, *former]
    service.current_service_deployment = None
    service.current_service_revisions = [release["targetServiceRevision"]]


def _revision(world: World, service: Any, place: str) -> str:
    arn = world.arn("ecs", f"service-revision/{place}/{uuid.uuid4().int % 10**19:019d}")
    definition = world.backend("ecs").describe_task_definition(service.task_definition)
    containers = definition.container_definitions
    world.revisions[arn] = {
        "serviceRevisionArn": arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "taskDefinition": service.task_definition,
        "launchType": service.launch_type,
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "loadBalancers": service.load_balancers,
        "networkConfiguration": service.network_configuration,
        "containerImages": [
            {"containerName": each["name"], "image": each["image"], "imageDigest": image_digest(world, each["image"])}
            for each in containers
        ],
        "guardDutyEnabled": False,
        "createdAt": service.deployments[0]["createdAt"],
    }
    return arn
