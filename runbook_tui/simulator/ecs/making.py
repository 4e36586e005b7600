"""Making a task in moto, with the network interface that Fargate gives it."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.ecs.ids import hexadecimal, identifier
from runbook_tui.simulator.ecs.state import Stage
from runbook_tui.simulator.world import World

PLATFORM_VERSION = "1.4.0"


class Order(Struct, frozen=True, kw_only=True):
    """A task to launch on Fargate. ``network`` is an ``awsvpcConfiguration`` with one subnet."""

    cluster: str
    definition: str
    network: Mapping[str, Any]
    group: str
    started_by: str = ""
    tags: Sequence[Mapping[str, str]] = ()
    overrides: Mapping[str, Any] = {}
    execute_command: bool = False


def make(world: World, order: Order) -> Any:
    """moto's model of a task that is being provisioned."""
    (task,) = world.backend("ecs").run_task(
        order.cluster,
        order.definition,
        1,
        dict(order.overrides),
        order.started_by,
        [dict(each) for each in order.tags],
        "FARGATE",
        networking_configuration={"awsvpcConfiguration": dict(order.network)},
        group=order.group,
        platform_version=PLATFORM_VERSION,
    )
    _name(world, task)
    definition = definition_of(world, task)
    task.last_status = Stage.PROVISIONING.value
    task.created_at = world.clock.now()
    task.availability_zone = world.backend("ec2").get_subnet(detail(task, "subnetId")).availability_zone
    task.connectivity = task.stop_code = task.stopped_reason = None
    task.health_status = "UNKNOWN"
    task.platform_family, task.version = "Linux", 1
    task.cpu, task.memory = definition.cpu, definition.memory
    task.enable_execute_command = order.execute_command
    task.attachments[0]["status"] = "PRECREATED"
    task.attachments[0]["id"] = identifier(world.random)
    _address(world, task)
    _contain(world, task)
    return task


def _name(world: World, task: Any) -> None:
    """moto's ids have dashes, those of ECS have not."""
    tasks = world.backend("ecs").tasks[task.cluster_name]
    del tasks[task.task_arn]
    task.id = hexadecimal(world.random)
    tasks[task.task_arn] = task


def definition_of(world: World, task: Any) -> Any:
    return world.backend("ecs").describe_task_definition(task.task_definition_arn)


def detail(task: Any, name: str) -> str:
    return next(str(each["value"]) for each in task.attachments[0]["details"] if each["name"] == name)


def interface_of(world: World, task: Any) -> Any:
    """moto's model, None when it is gone."""
    return world.backend("ec2").enis.get(detail(task, "networkInterfaceId"))


def _address(world: World, task: Any) -> None:
    ec2 = world.backend("ec2")
    interface = interface_of(world, task)
    address = _free_address(ec2, interface.subnet)
    interface.private_ip_address = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    interface.description = world.arn("ecs", f"attachment/{task.attachments[0]['id']}")
    interface.private_dns_name = f"ip-{address.replace('.', '-')}.{world.region}.compute.internal"
    shown = {"privateIPv4Address": address, "privateDnsName": interface.private_dns_name}
    for each in task.attachments[0]["details"]:
        each["value"] = shown.get(each["name"], each["value"])


def _free_address(ec2: Any, subnet: Any) -> str:
    taken = {each.private_ip_address for each in ec2.enis.values()}
    network = ipaddress.ip_network(subnet.cidr_block)
    # AWS keeps the first four and the last; the ones after are where the endpoints of the seed lie
    return next(str(each) for each in list(network.hosts())[100:] if str(each) not in taken)


def _contain(world: World, task: Any) -> None:
    container = task.containers[0]
    container.task_arn = task.task_arn
    container.container_arn = f"{task.task_arn.replace(':task/', ':container/')}/{identifier(world.random)}"
    container.last_status, container.health_status = Stage.PENDING.value, "UNKNOWN"
    address = detail(task, "privateIPv4Address")
    container.network_interfaces = [{"attachmentId": task.attachments[0]["id"], "privateIpv4Address": address}]
    container.image_digest = container.reason = None
    del container.exitCode
