"""The tasks of ECS services: started, stopped, and registered as targets, all at once and only when asked."""

import ipaddress
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.world import World

_STOPPED_TASKS_STAY = timedelta(hours=1)


def find_service(world: World, cluster: str | None, service: str) -> Any:
    """moto's model of a service, or None."""
    name = f"{(cluster or 'default').rpartition('/')[2]}:{service.rpartition('/')[2]}"
    return world.backend("ecs").services.get(name)


def tasks_of(world: World, service: Any, desired_status: str = "RUNNING") -> list[Any]:
    return [
        task
        for task in all_tasks(world)
        if task.group == f"service:{service.name}"
        and task.cluster_name == service.cluster_name
        and task.desired_status == desired_status
    ]


def all_tasks(world: World) -> list[Any]:
    """Without those that stopped over an hour ago: ECS forgets them too."""
    now = world.clock.now()
    tasks = [task for cluster in list(world.backend("ecs").tasks.values()) for task in list(cluster.values())]
    return [task for task in tasks if task.desired_status != "STOPPED" or now - task.stopped_at < _STOPPED_TASKS_STAY]


def match_desired(world: World, service: Any) -> None:
    """Starts or stops tasks until as many run as are wanted, spread over the service's subnets."""
    running = tasks_of(world, service)
    for task in running[service.desired_count :]:
        reason = f"Scaling activity initiated by (deployment {service.deployments[0]['id']})"
        stop_task(world, service, task, reason, code="ServiceSchedulerInitiated")
    for _ in range(service.desired_count - len(running)):
        start_task(world, service)
    _count(world, service)


def start_task(world: World, service: Any) -> Any:
    network = service.network_configuration["awsvpcConfiguration"]
    taken = [_subnet(task) for task in tasks_of(world, service)]
    subnet = min(network["subnets"], key=taken.count)
    (task,) = world.backend("ecs").run_task(
        service.cluster_name,
        service.task_definition,
        1,
        {},
        service.deployments[0]["id"],
        list(service.tags),
        "FARGATE",
        networking_configuration={"awsvpcConfiguration": {**network, "subnets": [subnet]}},
        group=f"service:{service.name}",
        platform_version="1.4.0",
    )
    _settle(world, task, subnet)
    for balancer in service.load_balancers:
        target = {"Id": address_of(task), "Port": balancer["containerPort"]}
        world.call("elbv2", "RegisterTargets", TargetGroupArn=balancer["targetGroupArn"], Targets=[target])
    return task


def stop_task(world: World, service: Any, task: Any, reason: str, *, code: str) -> None:
    task.stopped_reason, task.stop_code, task.stopped_at = reason, code, world.clock.now()
    task.last_status = task.desired_status = "STOPPED"
    task.containers[0].last_status = "STOPPED"
    for balancer in service.load_balancers:
        target = {"Id": address_of(task), "Port": balancer["containerPort"]}
        world.call("elbv2", "DeregisterTargets", TargetGroupArn=balancer["targetGroupArn"], Targets=[target])
    world.backend("ec2").enis.pop(_detail(task, "networkInterfaceId"), None)


def address_of(task: Any) -> str:
    return _detail(task, "privateIPv4Address")


def say(world: World, service: Any, message: str) -> None:
    """Adds a service event; the API lists the newest first and keeps 100."""
    event = {"id": str(uuid.uuid4()), "createdAt": world.clock.now(), "message": f"(service {service.name}) {message}"}
    service.events = [event, *service.events][:100]


def _settle(world: World, task: Any, subnet: str) -> None:
    """Fills what moto leaves out of a running Fargate task."""
    ec2, now = world.backend("ec2"), world.clock.now()
    interface = ec2.enis[_detail(task, "networkInterfaceId")]
    address = _free_address(ec2, interface.subnet)
    interface.private_ip_address = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    interface.description = world.arn("ecs", f"attachment/{task.attachments[0]['id']}")
    for detail in task.attachments[0]["details"]:
        if detail["name"] == "privateIPv4Address":
            detail["value"] = address
    task.last_status = "RUNNING"
    task.availability_zone = ec2.get_subnet(subnet).availability_zone
    task.connectivity, task.health_status = "CONNECTED", "HEALTHY"
    task.created_at = task.started_at = task.connectivity_at = now
    task.pull_started_at = task.pull_stopped_at = now
    task.platform_family = "Linux"
    definition = _definition(world, task)
    task.cpu, task.memory = definition.cpu, definition.memory
    container = task.containers[0]
    container.last_status, container.task_arn = "RUNNING", task.task_arn
    container.container_arn = task.task_arn.replace(":task/", ":container/") + f"/{uuid.uuid4()}"
    container.image_digest = image_digest(world, container.image)
    container.network_interfaces = [
        {"attachmentId": task.attachments[0]["id"], "privateIpv4Address": address},
    ]
    del container.exitCode


def image_digest(world: World, image: str) -> str | None:
    """The digest that a ``repository:tag`` of this account stands for, else None."""
    repository, _, tag = image.rpartition("/")[2].partition(":")
    model = world.backend("ecr").repositories.get(repository)
    images: Sequence[Any] = model.images if model is not None else ()
    return next((str(each.get_image_digest()) for each in images if tag in each.image_tags), None)


def _definition(world: World, task: Any) -> Any:
    return world.backend("ecs").describe_task_definition(task.task_definition_arn)


def _free_address(ec2: Any, subnet: Any) -> str:
    taken = {interface.private_ip_address for interface in ec2.enis.values()}
    # AWS keeps the first four addresses of a subnet, the low ones here are left to interfaces of other services
    hosts = list(ipaddress.ip_network(subnet.cidr_block).hosts())[99:]
    return next(str(host) for host in hosts if str(host) not in taken)


def _subnet(task: Any) -> str:
    return _detail(task, "subnetId")


def _detail(task: Any, name: str) -> str:
    return next(str(each["value"]) for each in task.attachments[0]["details"] if each["name"] == name)


def _count(world: World, service: Any) -> None:
    running = len(tasks_of(world, service))
    service.running_count, service.pending_count = running, 0
    service.deployments[0].update(desiredCount=service.desired_count, runningCount=running, pendingCount=0)
    ecs = world.backend("ecs")
    cluster = ecs.clusters[service.cluster_name]
    services = [each for each in ecs.services.values() if each.cluster_name == cluster.name]
    cluster.active_services_count = sum(each.status == "ACTIVE" for each in services)
    cluster.running_tasks_count = sum(each.running_count for each in services)
    cluster.pending_tasks_count = 0
