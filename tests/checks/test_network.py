"""The checks of the VPC and its subnets, on typed facts."""

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Autoscale, Frontend, Net, Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import ENVIRONMENTS, SITE, Raw, site_with
from tests.support.facts import Answers
from tests.support.ground import (
    PRIVATE,
    PUBLIC,
    but,
    gateways,
    ground,
    questions,
    refused,
    route,
    subnets,
    table,
    tables,
    vpc,
)

CHECKS = (
    "net.vpc.exists",
    "net.vpc.cidr",
    "net.vpc.separation",
    "net.vpc.dns",
    "net.subnets.public",
    "net.subnets.private",
    "net.subnets.capacity",
    "net.igw",
)
NO_FRONT_END = site_with(frontend=Frontend(enabled=False))
BESIDE = site_with(frontend=Frontend(vpc_id="vpc-front"))


def net(**keys: object) -> Site:
    return site_with(net=replace(SITE.net, **keys))


def atlas(connectivity: str, **keys: object) -> Site:
    return site_with(db=replace(SITE.db, atlas=replace(SITE.db.atlas, connectivity=connectivity, **keys)))


def two_vpcs(front: str) -> Answers:
    """The backend's VPC by its name, the front end's by its id."""

    def describe(**asked: object) -> Raw:
        return {"Vpcs": [vpc(VpcId="vpc-front", CidrBlock=front) if "VpcIds" in asked else vpc()]}

    return but(describe_vpcs=describe)


def no_front_end_vpc() -> Answers:
    return but(describe_vpcs=lambda **asked: {"Vpcs": [] if "VpcIds" in asked else [vpc()]})


def hosts(*interfaces: Raw) -> Answers:
    listed = [{"NetworkInterfaceId": f"eni-{n}", "SubnetId": PRIVATE[0], **one} for n, one in enumerate(interfaces)]
    return but(describe_network_interfaces={"NetworkInterfaces": listed})


def attribute(support: bool = True, hostnames: bool = True) -> Answers:
    def describe(**asked: object) -> Raw:
        if asked["Attribute"] == "enableDnsSupport":
            return {"EnableDnsSupport": {"Value": support}}
        return {"EnableDnsHostnames": {"Value": hostnames}}

    return but(describe_vpc_attribute=describe)


def routed(public: Raw, private: Raw, main: Raw | None = None) -> Answers:
    return but(describe_route_tables=tables(main or table("rtb-main", main=True), public, private))


GOOD_PUBLIC = table("rtb-public", route("igw-1"), of=PUBLIC)
GOOD_PRIVATE = table("rtb-private", route("nat-1"), of=PRIVATE)
LARGE = {
    name: replace(one, autoscale=Autoscale(max=40)) if name == "prod" else one for name, one in ENVIRONMENTS.items()
}


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
CASES = [
    case("net.vpc.exists", PASS, ground(), "vpc-1", "10.20.0.0/16"),
    case("net.vpc.exists", FAIL, but(describe_vpcs={"Vpcs": []}), "asharvi-backend-vpc not found"),
    case("net.vpc.exists", FAIL, but(describe_vpcs={"Vpcs": [vpc(), vpc(VpcId="vpc-2")]}), "2 vpcs"),
    case("net.vpc.exists", FAIL, but(describe_vpcs={"Vpcs": [vpc(State="pending")]}), "pending"),
    case("net.vpc.exists", WARN, but(describe_vpcs={"Vpcs": [vpc(IsDefault=True)]}), "default VPC"),
    case("net.vpc.cidr", PASS, ground(), "10.20.0.0/16"),
    case("net.vpc.cidr", PASS, two_vpcs("10.30.0.0/16"), "10.20.0.0/16", site=BESIDE),
    case("net.vpc.cidr", PASS, ground(), "10.20.0.0/16", site=site_with(frontend=Frontend(vpc_id="vpc-1"))),
    case(
        "net.vpc.cidr", FAIL, ground(), "10.20.0.0/16 overlaps 10.20.128.0/17", site=net(peer_cidrs=("10.20.128.0/17",))
    ),
    case("net.vpc.cidr", FAIL, ground(), "overlaps 10.16.0.0/12", site=atlas("peering", cidr="10.16.0.0/12")),
    case("net.vpc.cidr", PASS, ground(), "10.20.0.0/16", site=atlas("public", cidr="10.16.0.0/12")),
    case("net.vpc.cidr", WARN, two_vpcs("10.20.4.0/24"), "overlaps 10.20.4.0/24", "front end", site=BESIDE),
    case("net.vpc.cidr", FAIL, no_front_end_vpc(), "vpc-front not found", site=BESIDE),
    case(
        "net.vpc.cidr",
        WARN,
        but(describe_vpcs={"Vpcs": [vpc(CidrBlock="10.99.0.0/16")]}),
        "10.99.0.0/16",
        "10.20.0.0/16",
    ),
    case("net.vpc.cidr", WARN, but(describe_vpcs={"Vpcs": [vpc(CidrBlock="8.8.0.0/16")]}), "not private"),
    case(
        "net.vpc.cidr",
        WARN,
        but(describe_vpcs={"Vpcs": [vpc(CidrBlock="10.20.0.0/21")]}),
        "smaller than /20",
        site=net(cidr="10.20.0.0/21"),
    ),
    case("net.vpc.cidr", SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
    case("net.vpc.separation", PASS, ground(), "4 subnets"),
    case(
        "net.vpc.separation",
        PASS,
        hosts(
            {"Description": "arn:aws:ecs:ap-south-1:1:attachment/1"},
            {"Description": "ELB app/asharvi-backend-alb/50dc"},
            {"InterfaceType": "nat_gateway", "Description": "Interface for NAT Gateway nat-1"},
            {"Description": ""},
        ),
        "4 subnets",
    ),
    case(
        "net.vpc.separation",
        WARN,
        but(list_functions={"Functions": [{"FunctionName": "resize", "VpcConfig": {"SubnetIds": [PRIVATE[0]]}}]}),
        "function resize",
    ),
    case("net.vpc.separation", WARN, hosts({"Description": "ELB app/web/1"}), "ELB app/web/1"),
    case(
        "net.vpc.separation",
        WARN,
        hosts({"Description": "", "Attachment": {"InstanceId": "i-1"}}),
        "interface in subnet-prv-a",
    ),
    case(
        "net.vpc.separation",
        WARN,
        ground(),
        "subnet-prv-a is a front-end subnet",
        site=site_with(frontend=Frontend(subnet_ids=(PRIVATE[0],))),
    ),
    case("net.vpc.separation", SKIP, ground(), "no front end", site=NO_FRONT_END),
    case("net.vpc.dns", PASS, ground(), "are on"),
    case("net.vpc.dns", FAIL, attribute(support=False), "enableDnsSupport is off"),
    case("net.vpc.dns", FAIL, attribute(hostnames=False), "interface endpoints and Atlas peering"),
    case("net.vpc.dns", FAIL, attribute(hostnames=False), "Atlas peering", site=net(endpoints="off")),
    case(
        "net.vpc.dns",
        WARN,
        attribute(hostnames=False),
        "nothing needs it",
        site=replace(atlas("public"), net=Net(endpoints="off")),
    ),
    case("net.subnets.public", PASS, ground(), "2 subnets in 2 zones"),
    case(
        "net.subnets.public",
        PASS,
        but(describe_route_tables=tables(table("rtb-main", route("igw-1"), main=True))),
        "2 subnets",
    ),
    case(
        "net.subnets.public",
        FAIL,
        but(describe_subnets={"Subnets": subnets()["Subnets"][1:]}),
        "10.20.0.0/24 not found",
    ),
    case(
        "net.subnets.public",
        FAIL,
        but(describe_subnets=subnets(pub_b={"State": "pending"})),
        "1 of 2 subnets available",
    ),
    case(
        "net.subnets.public",
        FAIL,
        but(describe_subnets=subnets(pub_b={"AvailabilityZoneId": "aps1-az1"})),
        "1 zone, 2 are needed",
    ),
    case("net.subnets.public", FAIL, ground(), "2 zones, 3 are needed", site=net(az_count=3)),
    case(
        "net.subnets.public",
        FAIL,
        routed(table("rtb-public", of=PUBLIC), GOOD_PRIVATE),
        "rtb-public",
        "no default route",
    ),
    case(
        "net.subnets.public",
        FAIL,
        routed(table("rtb-public", route("igw-1", state="blackhole"), of=PUBLIC), GOOD_PRIVATE),
        "blackhole",
    ),
    case(
        "net.subnets.public",
        FAIL,
        routed(table("rtb-public", route("nat-1"), of=PUBLIC), GOOD_PRIVATE),
        "does not go to an internet gateway",
    ),
    case(
        "net.subnets.public",
        WARN,
        but(describe_subnets=subnets(pub_a={"MapPublicIpOnLaunch": True})),
        "subnet-pub-a",
        "does not need",
    ),
    case("net.subnets.private", PASS, ground(), "2 subnets in 2 zones"),
    case(
        "net.subnets.private",
        PASS,
        routed(GOOD_PUBLIC, table("rtb-private", route("eigw-1", "::/0"), of=PRIVATE)),
        "2 subnets",
    ),
    case(
        "net.subnets.private",
        PASS,
        routed(GOOD_PUBLIC, table("rtb-private", route("igw-1", state="blackhole"), of=PRIVATE)),
        "2 subnets",
    ),
    case(
        "net.subnets.private",
        FAIL,
        routed(GOOD_PUBLIC, table("rtb-private", route("igw-1", "0.0.0.0/1"), of=PRIVATE)),
        "subnet-prv-a has a route to igw-1",
    ),
    case(
        "net.subnets.private",
        FAIL,
        but(describe_route_tables=tables(GOOD_PUBLIC, table("rtb-main", route("igw-1"), main=True))),
        "subnet-prv-b has a route to igw-1",
    ),
    case(
        "net.subnets.private", FAIL, but(describe_subnets=subnets(prv_b={"AvailabilityZoneId": "aps1-az1"})), "1 zone"
    ),
    case(
        "net.subnets.private",
        FAIL,
        but(describe_subnets={"Subnets": subnets()["Subnets"][:3]}),
        "10.20.11.0/24 not found",
    ),
    case(
        "net.subnets.private",
        WARN,
        but(describe_route_tables=tables(GOOD_PUBLIC, table("rtb-main", main=True))),
        "main route table",
    ),
    case("net.subnets.capacity", PASS, ground(), "200 addresses free"),
    case(
        "net.subnets.capacity",
        FAIL,
        but(describe_subnets=subnets(pub_a={"AvailableIpAddressCount": 7})),
        "subnet-pub-a has 7 free addresses, 8 are wanted",
    ),
    case(
        "net.subnets.capacity",
        FAIL,
        but(describe_subnets=subnets(prv_a={"AvailableIpAddressCount": 1})),
        "1 free addresses, 2 are wanted",
    ),
    case(
        "net.subnets.capacity",
        WARN,
        but(describe_subnets=subnets(prv_a={"AvailableIpAddressCount": 19})),
        "19 free addresses, 20 are wanted",
    ),
    case(
        "net.subnets.capacity",
        WARN,
        but(describe_subnets=subnets(prv_a={"AvailableIpAddressCount": 79})),
        "79 free addresses, 80 are wanted",
        site=site_with(environments=LARGE),
    ),
    case(
        "net.subnets.capacity",
        WARN,
        but(describe_subnets=subnets(pub_a={"CidrBlock": "10.20.0.0/28", "AvailableIpAddressCount": 9})),
        "smaller than /27",
        site=net(public_subnets=("10.20.0.0/28", "10.20.1.0/24")),
    ),
    case("net.igw", PASS, ground(), "igw-1 is attached"),
    case("net.igw", PASS, but(describe_internet_gateways=gateways("attached")), "igw-1"),
    case("net.igw", FAIL, but(describe_internet_gateways=gateways()), "no internet gateway"),
    case("net.igw", FAIL, but(describe_internet_gateways=gateways("detaching")), "no internet gateway"),
    case(
        "net.igw",
        WARN,
        but(describe_subnets=subnets(pub_b={"BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-ingress"}})),
        "subnet-pub-b (block-ingress)",
    ),
    case("net.igw", SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL))


@pytest.mark.parametrize("one", [refused(name, question) for name in CHECKS for question in questions(name)], ids=str)
def test_denied(one: Case) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(one)
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


@pytest.mark.parametrize("name", CHECKS)
def test_needs_are_what_is_asked(name: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(name, CASES) == set(all_checks()[name].needs)
