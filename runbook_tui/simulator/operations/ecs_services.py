"""ECS services: created, updated, deleted. What changes the tasks begins a deployment."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator import fleet, health
from runbook_tui.simulator.ecs import counting, deployments, scheduler
from runbook_tui.simulator.ecs.settings import KEPT, configuration_of, defaults, usable_definition
from runbook_tui.simulator.operations.ecs import cluster_of, service_of
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World

# request member -> attribute of moto's model, where a change of it needs new tasks
_NEEDS_TASKS = {
    "networkConfiguration": "network_configuration",
    "loadBalancers": "load_balancers",
    "platformVersion": "platform_version",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "propagateTags": "propagate_tags",
}
_NOT_HERE = (
    "capacityProviderStrategy",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
    "serviceRegistries",
    "placementConstraints",
    "placementStrategy",
)


@overlay("ecs", "CreateService")
def check_the_order(world: World, parameters: Parameters) -> Reply:
    cluster_of(world, parameters)
    _refuse_what_is_not_here("CreateService", parameters)
    former = fleet.find_service(world, parameters.get("cluster"), parameters["serviceName"])
    if former is not None and former.status == "ACTIVE":
        raise Refused("InvalidParameterException", "Creation of service was not idempotent.")
    if former is not None and former.status == "DRAINING":
        raise Refused("InvalidParameterException", "Unable to Start a service that is still Draining.")
    if not parameters.get("networkConfiguration"):
        raise not_simulated("an ECS service without awsvpc networking")
    usable_definition(world, parameters.get("taskDefinition") or "")
    configuration_of({}, parameters.get("deploymentConfiguration") or {})
    _check_balancers(world, parameters.get("loadBalancers") or ())
    return None


@after("ecs", "CreateService")
def run_the_service(world: World, parameters: Parameters) -> Reply:
    service = fleet.find_service(world, parameters.get("cluster"), parameters["serviceName"])
    service.task_definition = usable_definition(world, parameters["taskDefinition"])
    for member, attribute in KEPT.items():
        setattr(service, attribute, parameters[member] if member in parameters else defaults(member))
    service.deployment_configuration = configuration_of({}, parameters.get("deploymentConfiguration") or {})
    service.created_at, service.created_by = world.clock.now(), world.on_call_arn
    service.platform_version, service.platform_family = parameters.get("platformVersion") or "LATEST", "Linux"
    plan = scheduler.plan_of(world, service)
    deployments.begin(world, plan)
    counting.count(world, plan)
    scheduler.wake(world, plan)
    return {"service": service}


@overlay("ecs", "UpdateService")
def update_service(world: World, parameters: Parameters) -> Reply:
    """Members that are not given stay as they are: the count that autoscaling set, for one."""
    _refuse_what_is_not_here("UpdateService", parameters)
    service = service_of(world, parameters)
    if service.status != "ACTIVE":
        raise Refused("ServiceNotActiveException", "Service was not ACTIVE.")
    wanted = {member: parameters[member] for member in _NEEDS_TASKS if member in parameters}
    definition = (
        usable_definition(world, parameters["taskDefinition"])
        if parameters.get("taskDefinition")
        else service.task_definition
    )
    _check_balancers(world, wanted.get("loadBalancers") or ())
    configuration = configuration_of(service.deployment_configuration, parameters.get("deploymentConfiguration") or {})
    force = bool(parameters.get("forceNewDeployment"))
    if force:
        usable_definition(world, definition)
    rolls = force or definition != service.task_definition or _differs(service, wanted)
    service.task_definition, service.deployment_configuration = definition, configuration
    for member, value in wanted.items():
        setattr(service, _NEEDS_TASKS[member], value)
    for member, attribute in KEPT.items():
        if member in parameters:
            setattr(service, attribute, parameters[member])
    if parameters.get("desiredCount") is not None:
        service.desired_count = parameters["desiredCount"]
    plan = scheduler.plan_of(world, service)
    if rolls:
        deployments.begin(world, plan)
    plan.steady_since = None
    counting.count(world, plan)
    scheduler.wake(world, plan)
    return {"service": service}


@overlay("ecs", "DeleteService")
def delete_service(world: World, parameters: Parameters) -> Reply:
    """It drains until its last task is gone, then it is inactive."""
    service = service_of(world, parameters)
    if service.status != "ACTIVE":
        raise Refused("ServiceNotActiveException", "Service was not ACTIVE.")
    if service.desired_count > 0 and not parameters.get("force"):
        raise Refused("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
    service.desired_count, service.status = 0, "DRAINING"
    plan = scheduler.plan_of(world, service)
    plan.steady_since = None
    counting.count(world, plan)
    scheduler.wake(world, plan)
    return {"service": service}


def _refuse_what_is_not_here(operation: str, parameters: Parameters) -> None:
    given = [member for member in _NOT_HERE if parameters.get(member)]
    if given:
        raise not_simulated(f"ecs:{operation} with {', '.join(given)}")
    if (parameters.get("deploymentController") or {"type": "ECS"})["type"] != "ECS":
        raise not_simulated(f"ecs:{operation} with a deployment controller other than ECS")
    if parameters.get("schedulingStrategy") == "DAEMON":
        raise not_simulated(f"ecs:{operation} with the scheduling strategy DAEMON")


def _differs(service: Any, wanted: Mapping[str, Any]) -> bool:
    return any(getattr(service, _NEEDS_TASKS[member], None) != value for member, value in wanted.items())


def _check_balancers(world: World, balancers: Any) -> None:
    groups = world.backend("elbv2").target_groups
    for balancer in balancers:
        arn = balancer.get("targetGroupArn")
        if arn is None:
            raise not_simulated("an ECS service behind a Classic Load Balancer")
        if arn not in groups:
            text = f"Unable to assume role and validate the specified targetGroupArn: {arn} was not found."
            raise Refused("InvalidParameterException", text)
        if health.balancer_of(world, groups[arn]) is None:
            text = f"The target group with targetGroupArn {arn} does not have an associated load balancer."
            raise Refused("InvalidParameterException", text)
