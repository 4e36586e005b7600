"""One thing of the healthy network that is broken, and the change that puts it right."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from runbook_tui.simulator.names import SITE
from tests.mutations import database, network, security_groups, vpc
from tests.support.changes import close, group_id, subnet_id, vpc_id
from tests.support.standing import Standing

Break = Callable[[Standing], object]
_ROWS: Final = {
    row.check: row.change for family in (database, network, security_groups, vpc) for row in reversed(family.ROWS)
}  # the first of each check
PUBLIC, PRIVATE = SITE.net.public_subnets, SITE.net.private_subnets


class Case(Struct, frozen=True, kw_only=True):
    """``calls`` are the operations of the plan that the action makes; ``fixes`` is a check that it puts right."""

    action: str
    fixes: str
    broken: Break
    calls: tuple[str, ...]


def _table(world: Standing, cidr: str) -> dict[str, Any]:
    """That a subnet is associated with."""
    where = [{"Name": "association.subnet-id", "Values": [subnet_id(world, cidr)]}]
    found: dict[str, Any] = world.client("ec2").describe_route_tables(Filters=where)["RouteTables"][0]
    return found


def _association(world: Standing, cidr: str) -> str:
    subnet = subnet_id(world, cidr)
    found = _table(world, cidr)["Associations"]
    return next(str(one["RouteTableAssociationId"]) for one in found if one.get("SubnetId") == subnet)


def _on_the_main_table(cidr: str) -> Break:
    return lambda world: world.client("ec2").disassociate_route_table(AssociationId=_association(world, cidr))


def _on_the_public_table(world: Standing) -> None:
    world.client("ec2").replace_route_table_association(
        AssociationId=_association(world, PRIVATE[0]), RouteTableId=_table(world, PUBLIC[0])["RouteTableId"]
    )


def _no_way_out(cidr: str) -> Break:
    def change(world: Standing) -> None:
        table = _table(world, cidr)["RouteTableId"]
        world.client("ec2").delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")

    return change


def _public_subnet_leaves_by_nat(world: Standing) -> None:
    """All of them: they share a table."""
    ec2 = world.client("ec2")
    gateway = ec2.describe_nat_gateways()["NatGateways"][0]["NatGatewayId"]
    table = _table(world, PUBLIC[0])["RouteTableId"]
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)


def _gateway_gone(world: Standing) -> None:
    ec2 = world.client("ec2")
    found = ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    ec2.detach_internet_gateway(InternetGatewayId=found, VpcId=vpc_id(world))
    ec2.delete_internet_gateway(InternetGatewayId=found)


def _nat_gone(world: Standing) -> None:
    """The second zone's, and the route to it."""
    _no_way_out(PRIVATE[1])(world)
    ec2 = world.client("ec2")
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    outer = subnet_id(world, PUBLIC[1])
    found = next(one["NatGatewayId"] for one in gateways if one["SubnetId"] == outer)
    ec2.delete_nat_gateway(NatGatewayId=found)


def _one_more(kind: str, cidr: str) -> Break:
    return lambda world: world.change_site("net", **{kind: (*getattr(world.site.net, kind), cidr)})


def _endpoint_gone(service: str) -> Break:
    def change(world: Standing) -> None:
        name = f"com.amazonaws.{world.site.aws.region}.{service}"
        ec2 = world.client("ec2")
        found = ec2.describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": [name]}])["VpcEndpoints"]
        ec2.delete_vpc_endpoints(VpcEndpointIds=[found[0]["VpcEndpointId"]])

    return change


def _endpoints_shut(world: Standing) -> None:
    close(world, "vpce-backend-sg", 443)


def _to_everybody(world: Standing) -> None:
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    group = group_id(world, SITE.net.sg_alb)
    world.client("ec2").authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
    close(world, SITE.net.sg_alb, SITE.app.port, egress=True)


def _case(action: str, fixes: str, *calls: str, broken: Break | None = None) -> Case:
    return Case(action=action, fixes=fixes, broken=broken or _ROWS[fixes], calls=calls)


_IN, _OUT = "authorize_security_group_ingress", "authorize_security_group_egress"
CASES: Final[Mapping[str, Case]] = {
    "no VPC of the name": _case(
        "ec2.create-vpc",
        "net.vpc.exists",
        "create_vpc",
        "modify_vpc_attribute",
        "modify_vpc_attribute",
        broken=lambda world: world.change_site("net", vpc_name="another-vpc"),
    ),
    "no host names": _case("ec2.turn-dns-on", "net.vpc.dns", "modify_vpc_attribute"),
    "no host names for Atlas": _case("ec2.turn-dns-on", "atlas.dns-peering", "modify_vpc_attribute"),
    "gateway detached": _case("ec2.attach-internet-gateway", "net.igw", "attach_internet_gateway"),
    "gateway gone": _case(
        "ec2.attach-internet-gateway",
        "net.igw",
        "create_internet_gateway",
        "attach_internet_gateway",
        broken=_gateway_gone,
    ),
    "public subnet on the main table": _case(
        "ec2.create-public-subnets",
        "net.subnets.public",
        "associate_route_table",
        broken=_on_the_main_table(PUBLIC[1]),
    ),
    "public table without a way out": _case(
        "ec2.create-public-subnets", "net.subnets.public", "create_route", broken=_no_way_out(PUBLIC[0])
    ),
    "public table leaves by NAT": _case(
        "ec2.create-public-subnets", "net.subnets.public", "replace_route", broken=_public_subnet_leaves_by_nat
    ),
    "a third public subnet": _case(
        "ec2.create-public-subnets",
        "net.subnets.public",
        "create_subnet",
        "associate_route_table",
        broken=_one_more("public_subnets", "10.20.2.0/24"),
    ),
    "private subnet with a way in": _case("ec2.create-private-subnets", "net.subnets.private", "delete_route"),
    "private subnet on the main table": _case(
        "ec2.create-private-subnets",
        "net.subnets.private",
        "create_route_table",
        "associate_route_table",
        broken=_on_the_main_table(PRIVATE[0]),
    ),
    "private subnet on the public table": _case(
        "ec2.create-private-subnets",
        "net.subnets.private",
        "create_route_table",
        "replace_route_table_association",
        broken=_on_the_public_table,
    ),
    "a third private subnet": _case(
        "ec2.create-private-subnets",
        "net.subnets.private",
        "create_subnet",
        "create_route_table",
        "associate_route_table",
        broken=_one_more("private_subnets", "10.20.12.0/24"),
    ),
    "NAT gateway gone": _case(
        "ec2.create-nat-gateways",
        "net.nat.need",
        "allocate_address",
        "create_nat_gateway",
        "create_route",
        broken=_nat_gone,
    ),
    "way out by a private subnet": _case("ec2.create-nat-gateways", "net.nat.need", "replace_route"),
    "way out by another zone": _case("ec2.create-nat-gateways", "net.nat.redundancy", "replace_route"),
    "no group of the load balancer": _case("ec2.create-security-groups", "sg.alb.exists", "create_security_group"),
    "no group of the tasks": _case("ec2.create-security-groups", "sg.ecs.exists", "create_security_group"),
    "443 closed": _case("ec2.open-balancer", "sg.alb.ingress-443", _IN),
    "80 closed": _case("ec2.open-balancer", "sg.alb.ingress-80", _IN),
    "SSH open": _case("ec2.close-balancer", "sg.alb.ingress-minimal", "revoke_security_group_ingress"),
    "balancer reaches more": _case("ec2.lead-balancer-to-tasks", "sg.alb.egress-app", "revoke_security_group_egress"),
    "balancer reaches all": _case(
        "ec2.lead-balancer-to-tasks", "sg.alb.egress-app", _OUT, "revoke_security_group_egress", broken=_to_everybody
    ),
    "tasks closed": _case("ec2.open-tasks", "sg.ecs.ingress-app", _IN),
    "tasks open to an office": _case("ec2.close-tasks", "sg.ecs.ingress-minimal", "revoke_security_group_ingress"),
    "tasks do not reach AWS": _case("ec2.let-tasks-out-to-aws", "sg.ecs.egress-443", _OUT, _OUT),
    "tasks do not reach the database": _case("ec2.let-tasks-out-to-database", "sg.ecs.egress-db", _OUT),
    "tasks do not reach the mail server": _case("ec2.let-tasks-out-to-mail", "sg.ecs.egress-smtp", _OUT),
    "tasks go everywhere": _case(
        "ec2.stop-tasks-going-anywhere", "sg.ecs.egress-minimal", "revoke_security_group_egress"
    ),
    "endpoints shut": _case("ec2.open-endpoints", "vpce.sg", _IN, broken=_endpoints_shut),
    "no endpoint of the logs": _case("ec2.create-endpoints", "vpce.logs", "create_vpc_endpoint"),
    "no endpoint of S3": _case(
        "ec2.create-s3-endpoint", "vpce.s3-gateway", "create_vpc_endpoint", broken=_endpoint_gone("s3")
    ),
    "S3 leaves a table": _case("ec2.create-s3-endpoint", "vpce.s3-gateway", "modify_vpc_endpoint"),
    "no endpoint of DynamoDB": _case(
        "ec2.create-dynamodb-endpoint",
        "dynamo.endpoint",
        "create_vpc_endpoint",
        broken=lambda world: world.change_site("db", migrating=True),
    ),
    "private DNS off": _case("ec2.turn-private-dns-on", "vpce.private-dns", "modify_vpc_endpoint"),
    "endpoint leaves a zone": _case("ec2.add-endpoint-subnets", "vpce.subnets", "modify_vpc_endpoint"),
    "no route to Atlas": _case("ec2.route-to-atlas", "atlas.connectivity.routes", "create_route"),
}
