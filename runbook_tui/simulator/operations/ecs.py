"""ECS clusters, and services as they are described and listed."""

from typing import Any

from runbook_tui.simulator import fleet
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("ecs", "DescribeClusters")
def describe_clusters(world: World, parameters: Parameters) -> Reply:
    """Settings and tags come only when they are asked for; moto gives them always."""
    names, include = parameters.get("clusters") or ["default"], parameters.get("include") or ()
    if len(names) > 100:
        raise Refused("InvalidParameterException", "You can describe at most 100 clusters.")
    clusters, failures = world.backend("ecs").describe_clusters(names)
    return {"clusters": [_described(each, include) for each in clusters], "failures": failures}


@overlay("ecs", "UpdateClusterSettings")
def update_cluster_settings(world: World, parameters: Parameters) -> Reply:
    """Settings that are not named stay."""
    cluster = cluster_of(world, parameters)
    settings = {each["name"]: dict(each) for each in cluster.settings or ()}
    settings.update({each["name"]: dict(each) for each in parameters["settings"]})
    cluster.settings = list(settings.values())
    return {"cluster": _described(cluster, ("SETTINGS", "TAGS"))}


@overlay("ecs", "DeleteCluster")
def only_an_empty_cluster(world: World, parameters: Parameters) -> Reply:
    cluster = cluster_of(world, parameters)
    ecs = world.backend("ecs")
    if any(each.cluster_name == cluster.name and each.status != "INACTIVE" for each in ecs.services.values()):
        text = "The Cluster cannot be deleted while Services are active."
        raise Refused("ClusterContainsServicesException", text)
    if any(each.last_status != "STOPPED" for each in ecs.tasks.get(cluster.name, {}).values()):
        raise Refused("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    return None


@overlay("ecs", "DescribeServices")
def at_most_ten(_world: World, parameters: Parameters) -> Reply:
    names = parameters.get("services") or ()
    if not names:
        raise Refused("InvalidParameterException", "Services cannot be empty.")
    if len(names) > 10:
        raise Refused("InvalidParameterException", "You can describe at most 10 services in a single operation.")
    return None


@overlay("ecs", "ListServices")
def list_services(world: World, parameters: Parameters) -> Reply:
    """Those that are gone can still be described, but not listed."""
    cluster = cluster_of(world, parameters)
    launch, strategy = parameters.get("launchType"), parameters.get("schedulingStrategy")
    arns = sorted(
        service.arn
        for service in world.backend("ecs").services.values()
        if service.cluster_name == cluster.name
        and service.status != "INACTIVE"
        and launch in (None, service.launch_type)
        and strategy in (None, service.scheduling_strategy)
    )
    given = {"maxResults": 10, **{key: value for key, value in parameters.items() if value}}
    items, token = page(arns, given, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {"serviceArns": items, "nextToken": token}


def cluster_of(world: World, parameters: Parameters) -> Any:
    name = (parameters.get("cluster") or "default").rpartition("/")[2]
    cluster = world.backend("ecs").clusters.get(name)
    if cluster is None or cluster.status != "ACTIVE":
        raise Refused("ClusterNotFoundException", "Cluster not found.")
    return cluster


def service_of(world: World, parameters: Parameters) -> Any:
    """moto's model of the service that a request names. It may be draining or gone."""
    cluster_of(world, parameters)
    service = fleet.find_service(world, parameters.get("cluster"), parameters["service"])
    if service is None:
        raise Refused("ServiceNotFoundException", "Service not found.")
    return service


def _described(cluster: Any, include: Any) -> dict[str, Any]:
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
