"""The VPC and its subnets: net.vpc.*, net.igw, net.subnets.*"""

from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, SKIP, WARN, Row
from tests.support.changes import subnet_id, vpc_id
from tests.support.standing import Standing

PUBLIC, PRIVATE = SITE.net.public_subnets[0], SITE.net.private_subnets[0]

IN_THE_VPC = (
    "alb.scheme-subnets",
    "alb.sg",
    "atlas.access-list",
    "atlas.connectivity.peering",
    "atlas.connectivity.routes",
    "atlas.dns-peering",
    "net.igw",
    "net.nacl",
    "net.nat.need",
    "net.nat.redundancy",
    "net.path.aws-apis",
    "net.subnets.capacity",
    "net.subnets.private",
    "net.subnets.public",
    "net.vpc.cidr",
    "net.vpc.dns",
    "net.vpc.separation",
    "sg.alb.egress-app",
    "sg.alb.exists",
    "sg.alb.ingress-443",
    "sg.alb.ingress-80",
    "sg.alb.ingress-minimal",
    "sg.ecs.egress-443",
    "sg.ecs.egress-db",
    "sg.ecs.egress-minimal",
    "sg.ecs.egress-smtp",
    "sg.ecs.exists",
    "sg.ecs.ingress-app",
    "sg.ecs.ingress-minimal",
    "vpce.ecr-api",
    "vpce.ecr-dkr",
    "vpce.logs",
    "vpce.policy",
    "vpce.private-dns",
    "vpce.s3-gateway",
    "vpce.secretsmanager",
    "vpce.sg",
    "vpce.subnets",
)


def _unnamed(world: Standing) -> None:
    world.client("ec2").delete_tags(Resources=[vpc_id(world)], Tags=[{"Key": "Name"}])


def _overlapping(world: Standing) -> None:
    """A part of it: AWS refuses a range that a route leads to as a whole."""
    world.world.backend("ec2").associate_vpc_cidr_block(vpc_id(world), "192.168.248.0/24", False)


def _stranger(world: Standing) -> None:
    subnet = subnet_id(world, PRIVATE)
    world.client("ec2").create_network_interface(SubnetId=subnet, Description="cache of the front end")


def _detached(world: Standing) -> None:
    ec2 = world.client("ec2")
    found = ec2.describe_internet_gateways()["InternetGateways"][0]
    ec2.detach_internet_gateway(InternetGatewayId=found["InternetGatewayId"], VpcId=vpc_id(world))


def _full(world: Standing) -> None:
    world.world.backend("ec2").get_subnet(subnet_id(world, PRIVATE))._available_ip_addresses = 12


def _way_in(world: Standing) -> None:
    ec2 = world.client("ec2")
    where = [{"Name": "association.subnet-id", "Values": [subnet_id(world, PRIVATE)]}]
    table = ec2.describe_route_tables(Filters=where)["RouteTables"][0]["RouteTableId"]
    gateway = ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="203.0.113.0/24", GatewayId=gateway)


def _public_addresses(world: Standing) -> None:
    subnet = subnet_id(world, PUBLIC)
    world.client("ec2").modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})


def _no_host_names(world: Standing) -> None:
    world.client("ec2").modify_vpc_attribute(VpcId=vpc_id(world), EnableDnsHostnames={"Value": False})


ROWS = (
    Row(
        check="net.vpc.exists",
        name="the VPC has lost its name",
        change=_unnamed,
        flips={"net.vpc.exists": FAIL, **dict.fromkeys(IN_THE_VPC, SKIP)},
    ),
    Row(
        check="net.vpc.cidr",
        name="the VPC has taken a range of the database's",
        change=_overlapping,
        flips={"net.vpc.cidr": FAIL, "atlas.connectivity.routes": FAIL},  # what is local goes nowhere else
    ),
    Row(
        check="net.vpc.separation",
        name="somebody else's interface is in a private subnet",
        change=_stranger,
        flips={"net.vpc.separation": WARN},
    ),
    Row(
        check="net.vpc.dns",
        name="hosts have no names",
        change=_no_host_names,
        flips={"net.vpc.dns": FAIL, "atlas.dns-peering": WARN},
    ),
    Row(check="net.igw", name="the internet gateway is detached", change=_detached, flips={"net.igw": FAIL}),
    Row(
        check="net.subnets.capacity",
        name="a private subnet is nearly full",
        change=_full,
        flips={"net.subnets.capacity": WARN},
    ),
    Row(
        check="net.subnets.private",
        name="a private subnet has a route to the internet gateway",
        change=_way_in,
        flips={"net.subnets.private": FAIL},
    ),
    Row(
        check="net.subnets.public",
        name="a public subnet gives out public addresses",
        change=_public_addresses,
        flips={"net.subnets.public": WARN},
    ),
)
