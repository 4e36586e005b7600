"""EC2: the network interfaces of NAT gateways and endpoints. moto leaves them unnamed, outside of their subnets, in the
default group, and there when what they belong to is gone."""

import ipaddress
from collections.abc import Iterable
from typing import Any, Final

from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.world import World

_FIRST: Final = 10  # the addresses before it are AWS's own, or a load balancer's


@after("ec2", "CreateNatGateway")
def name_the_gateways_interface(world: World, _parameters: Parameters) -> Reply:
    made = next(reversed(world.backend("ec2").nat_gateways.values()))
    address = _describe(
        world, made.address_set[0]["networkInterfaceId"], f"Interface for NAT Gateway {made.id}", "nat_gateway"
    )
    made.address_set[0]["privateIp"] = address
    return None


@after("ec2", "DeleteNatGateway")
def take_the_gateways_interface(world: World, parameters: Parameters) -> Reply:
    """Its address stays the account's, associated with nothing."""
    ec2 = world.backend("ec2")
    for each in ec2.nat_gateways[parameters["NatGatewayId"]].address_set:
        ec2.enis.pop(each["networkInterfaceId"], None)
        for address in ec2.addresses:
            if address.allocation_id == each.get("allocationId"):
                address.eni = address.association_id = None
    return None


@after("ec2", "CreateVpcEndpoint")
def name_the_endpoints_interfaces(world: World, _parameters: Parameters) -> Reply:
    made = next(reversed(world.backend("ec2").vpc_end_points.values()))
    _take_up(world, made, made.network_interface_ids or ())
    return None


@after("ec2", "ModifyVpcEndpoint")
def follow_the_endpoint(world: World, parameters: Parameters) -> Reply:
    """An interface in each subnet, in the groups of the endpoint; and private DNS, which moto takes without keeping."""
    ec2 = world.backend("ec2")
    endpoint = ec2.vpc_end_points.get(parameters["VpcEndpointId"])
    if endpoint is None:
        return None
    wanted = parameters.get("PrivateDnsEnabled")
    if wanted is not None:
        endpoint.private_dns_enabled = str(wanted).lower() == "true"
    if (endpoint.vpc_endpoint_type or "").lower() == "interface":
        _settle(world, endpoint)
    else:
        _lead(ec2, endpoint, parameters)
    return None


def _settle(world: World, endpoint: Any) -> None:
    ec2 = world.backend("ec2")
    held = {ec2.enis[each].subnet.id: each for each in endpoint.network_interface_ids if each in ec2.enis}
    for subnet, interface in held.items():
        if subnet not in endpoint.subnet_ids:
            del ec2.enis[interface]
    new = [ec2.create_network_interface(each, "10.0.0.1").id for each in endpoint.subnet_ids if each not in held]
    kept = [held[each] for each in endpoint.subnet_ids if each in held]
    endpoint.network_interface_ids = [*kept, *new]
    _take_up(world, endpoint, new)
    for each in endpoint.network_interface_ids:
        ec2.enis[each]._group_set = _groups(ec2, endpoint)  # noqa: SLF001 - moto keeps them nowhere else


def _lead(ec2: Any, endpoint: Any, parameters: Parameters) -> None:
    """moto makes the routes of a gateway endpoint once, when it is made."""
    listed = endpoint.destination_prefix_list_id
    for table in parameters.get("AddRouteTableIds") or ():
        if not _led(ec2, table, endpoint):
            ec2.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=listed)
    for table in parameters.get("RemoveRouteTableIds") or ():
        if _led(ec2, table, endpoint):
            ec2.delete_route(table, listed)


def _led(ec2: Any, table: str, endpoint: Any) -> bool:
    return any(
        each.destination_prefix_list_id == endpoint.destination_prefix_list_id
        for each in ec2.get_route_table(table).routes
    )


def _take_up(world: World, endpoint: Any, interfaces: Iterable[str]) -> None:
    ec2 = world.backend("ec2")
    for each in interfaces:
        _describe(world, each, f"VPC Endpoint Interface {endpoint.id}", "vpc_endpoint")
        ec2.enis[each]._group_set = _groups(ec2, endpoint)  # noqa: SLF001 - moto keeps them nowhere else


def _groups(ec2: Any, endpoint: Any) -> list[Any]:
    """An endpoint that is given no group gets the default one of its VPC."""
    found = [ec2.get_security_group_from_id(each) for each in endpoint.security_group_ids or ()]
    return [each for each in found if each is not None] or [ec2.get_default_security_group(endpoint.vpc_id)]


def _describe(world: World, interface: str, description: str, kind: str) -> str:
    model = world.backend("ec2").enis[interface]
    address = _free_address(world, model)
    model.description, model.interface_type = description, kind
    model.requester_managed, model.status = True, "in-use"
    model.private_ip_address = address
    model.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    return address


def _free_address(world: World, model: Any) -> str:
    enis = world.backend("ec2").enis
    taken = {each.private_ip_address for each in enis.values()}
    network = ipaddress.ip_network(model.subnet.cidr_block)
    number = _FIRST + len(enis)
    while str(network[number]) in taken:
        number += 1
    return str(network[number])
