"""ECS: services that run their tasks, tasks that stay as they are, deployments with a history."""

from typing import Any

from runbook_tui.simulator import fleet
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.releases import record_release
from runbook_tui.simulator.world import World

# request member -> attribute of moto's model, for what moto drops when it creates a service
_KEPT = {
    "deploymentConfiguration": "deployment_configuration",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "enableExecuteCommand": "enable_execute_command",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
}
_DEFAULTS: dict[str, Any] = {
    "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200},
    "healthCheckGracePeriodSeconds": 0,
    "enableExecuteCommand": False,
    "enableECSManagedTags": False,
    "availabilityZoneRebalancing": "ENABLED",
}
_NEEDS_A_ROLLOUT = ("taskDefinition", "forceNewDeployment", "networkConfiguration", "loadBalancers", "platformVersion")


@overlay("ecs", "DescribeClusters")
def describe_clusters(world: World, parameters: Parameters) -> Reply:
    """Settings and tags come only when they are asked for; moto gives them always."""
    names, include = parameters.get("clusters") or ["default"], parameters.get("include") or ()
    if len(names) > 100:
        raise Refused("InvalidParameterException", "You can describe at most 100 clusters.")
    clusters, failures = world.backend("ecs").describe_clusters(names)
    return {"clusters": [_cluster(each, include) for each in clusters], "failures": failures}


def _cluster(cluster: Any, include: Any) -> dict[str, Any]:
    described = {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": cluster.registered_container_instances_count,
        "runningTasksCount": cluster.running_tasks_count,
        "pendingTasksCount": cluster.pending_tasks_count,
        "activeServicesCount": cluster.active_services_count,
        "capacityProviders": cluster.capacity_providers or [],
        "defaultCapacityProviderStrategy": cluster.default_capacity_provider_strategy or [],
    }
    if "SETTINGS" in include:
        described["settings"] = cluster.settings
    if "TAGS" in include:
        described["tags"] = cluster.tags or []
    return described


@overlay("ecs", "DescribeServices")
def at_most_ten(_world: World, parameters: Parameters) -> Reply:
    names = parameters.get("services") or ()
    if not names:
        raise Refused("InvalidParameterException", "Services cannot be empty.")
    if len(names) > 10:
        raise Refused("InvalidParameterException", "You can describe at most 10 services in a single operation.")
    return None


@after("ecs", "CreateService")
def run_the_service(world: World, parameters: Parameters) -> Reply:
    service = fleet.find_service(world, parameters.get("cluster"), parameters["serviceName"])
    now = world.clock.now()
    for member, attribute in _KEPT.items():
        setattr(service, attribute, parameters.get(member) or _DEFAULTS[member])
    service.created_at, service.created_by = now, world.on_call_arn
    service.platform_version, service.platform_family = "LATEST", "Linux"
    if not service.network_configuration:
        raise not_simulated("an ECS service without awsvpc networking")
    deployment = service.deployments[0]
    deployment.update(createdAt=now, updatedAt=now, platformVersion="1.4.0", platformFamily="Linux")
    fleet.match_desired(world, service)
    deployment["rolloutState"] = "COMPLETED"
    deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."
    record_release(world, service)
    _tell_the_start(world, service)
    return {"service": service}


def _tell_the_start(world: World, service: Any) -> None:
    tasks = fleet.tasks_of(world, service)
    names = " ".join(f"(task {task.id})" for task in tasks)
    fleet.say(world, service, f"has started {len(tasks)} tasks: {names}.")
    for balancer in service.load_balancers:
        fleet.say(world, service, f"registered {len(tasks)} targets in (target-group {balancer['targetGroupArn']})")
    fleet.say(world, service, f"(deployment {service.deployments[0]['id']}) deployment completed.")
    fleet.say(world, service, "has reached a steady state.")


@overlay("ecs", "UpdateService")
def no_rollouts_yet(_world: World, parameters: Parameters) -> Reply:
    wanted = [member for member in _NEEDS_A_ROLLOUT if parameters.get(member)]
    if wanted:
        raise not_simulated(f"ecs:UpdateService with {', '.join(wanted)}: a deployment over time")
    return None


@after("ecs", "UpdateService")
def follow_the_update(world: World, parameters: Parameters) -> Reply:
    service = fleet.find_service(world, parameters.get("cluster"), parameters["service"])
    for member, attribute in _KEPT.items():
        if member in parameters:
            setattr(service, attribute, parameters[member])
    fleet.match_desired(world, service)
    return {"service": service}


@after("ecs", "DeleteService")
def stop_with_the_service(world: World, parameters: Parameters) -> Reply:
    service = fleet.find_service(world, parameters.get("cluster"), parameters["service"])
    if service is not None:
        service.desired_count = 0
        fleet.match_desired(world, service)
    return None


@overlay("ecs", "ListServiceDeployments")
def list_service_deployments(world: World, parameters: Parameters) -> Reply:
    service = _service(world, parameters.get("cluster"), parameters["service"])
    wanted = parameters.get("status") or ()
    brief = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "startedAt", "finishedAt", "status")
    releases = [
        {member: each[member] for member in brief} | {"targetServiceRevisionArn": each["targetServiceRevision"]["arn"]}
        for each in world.releases.get(service.arn, [])
        if not wanted or each["status"] in wanted
    ]
    items, token = page(releases, parameters, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {"serviceDeployments": items, "nextToken": token}


@overlay("ecs", "DescribeServiceDeployments")
def describe_service_deployments(world: World, parameters: Parameters) -> Reply:
    known = {each["serviceDeploymentArn"]: each for releases in world.releases.values() for each in releases}
    return _found("serviceDeployments", known, parameters["serviceDeploymentArns"])


@overlay("ecs", "DescribeServiceRevisions")
def describe_service_revisions(world: World, parameters: Parameters) -> Reply:
    return _found("serviceRevisions", world.revisions, parameters["serviceRevisionArns"])


def _found(member: str, known: dict[str, dict[str, Any]], arns: list[str]) -> Reply:
    missing = [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]
    return {member: [known[arn] for arn in arns if arn in known], "failures": missing}


def _service(world: World, cluster: str | None, name: str) -> Any:
    service = fleet.find_service(world, cluster, name)
    if service is None:
        raise Refused("ServiceNotFoundException", "Service not found.")
    return service
