"""The checks of NAT gateways and of the ways to AWS's services, on typed facts."""

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import SITE, Raw, site_with
from tests.support.facts import Answer, Answers
from tests.support.ground import (
    PRIVATE,
    PUBLIC,
    but,
    endpoint,
    endpoints,
    ground,
    nat,
    questions,
    refused,
    route,
    s3_gateway,
    subnet,
    table,
    tables,
)

CHECKS = ("net.nat.need", "net.nat.redundancy", "net.path.aws-apis")
PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
PUBLIC_TABLE = table("rtb-public", route("igw-1"), of=PUBLIC)
MAIN = table("rtb-main", main=True)
QUIET = site_with(app=replace(SITE.app, smtp_host_kind="none"))
PER_ZONE = site_with(net=replace(SITE.net, nat_per_az=True))


def net(**keys: object) -> Site:
    return site_with(net=replace(SITE.net, **keys))


def private(*routes: Raw, gateways: tuple[Raw, ...] = (nat(),), **more: Answer) -> Answers:
    given = tables(MAIN, PUBLIC_TABLE, table("rtb-private", *routes, of=PRIVATE))
    return but(describe_route_tables=given, describe_nat_gateways={"NatGateways": list(gateways)}, **more)


def two_gateways(second: str = PUBLIC[1], **changes: object) -> Answers:
    own = (table("rtb-a", route("nat-1"), of=PRIVATE[:1]), table("rtb-b", route("nat-2"), of=PRIVATE[1:]))
    listed = {"NatGateways": [nat(), nat("nat-2", SubnetId=second, **changes)]}
    return but(describe_route_tables=tables(MAIN, PUBLIC_TABLE, *own), describe_nat_gateways=listed)


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


NO_ROUTE = private()
BARE = private(gateways=(), describe_vpc_endpoints={"VpcEndpoints": []})
FIREWALL = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vpce-1", "State": "active"}
APPLIANCE = {"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-1", "State": "active"}
PEER = {"DestinationCidrBlock": "0.0.0.0/0", "VpcPeeringConnectionId": "pcx-1", "State": "active"}
ATLAS_OUT = site_with(app=QUIET.app, db=replace(SITE.db, atlas=replace(SITE.db.atlas, connectivity="public")))
MIGRATING = site_with(db=replace(SITE.db, kind="dynamodb"))
PARAMETERS = site_with(params=replace(SITE.params, enabled=True))
TRACED = site_with(obs=replace(SITE.obs, tracing="xray"))
NEED, PAIRS, PATH = CHECKS

CASES = [
    case(NEED, PASS, ground(), "needed for mail", "each private subnet has a way out"),
    case(NEED, PASS, private(route("tgw-1"), gateways=()), "mail"),
    case(NEED, PASS, private(FIREWALL, gateways=()), "mail"),
    case(NEED, PASS, private(APPLIANCE, gateways=()), "mail"),
    case(NEED, PASS, private(route("nat-1"), gateways=(nat(AvailabilityMode="regional", SubnetId=""),)), "mail"),
    case(NEED, PASS, private(gateways=()), "there is no NAT gateway", site=QUIET),
    case(NEED, PASS, private(gateways=(nat(State="deleted"),)), "there is no NAT gateway", site=QUIET),
    case(NEED, FAIL, private(gateways=()), "net.nat: required, mail", site=net(nat="required")),
    case(NEED, FAIL, private(gateways=()), "Atlas over the internet", site=ATLAS_OUT),
    case(NEED, PASS, ground(), "Atlas over the internet", site=ATLAS_OUT),
    case(NEED, FAIL, NO_ROUTE, "subnet-prv-a: it has no default route"),
    case(NEED, FAIL, private(route("nat-1", state="blackhole")), "its default route is a blackhole"),
    case(NEED, FAIL, private(route("nat-1"), gateways=()), "nat-1 is not there"),
    *(case(NEED, FAIL, private(route("nat-1"), gateways=(nat(State=one),)), one) for one in ("failed", "deleting")),
    case(NEED, FAIL, private(route("nat-1"), gateways=(nat(ConnectivityType="private"),)), "a private NAT gateway"),
    case(NEED, FAIL, private(route("nat-1"), gateways=(nat(SubnetId=PRIVATE[0]),)), "no route to an internet gateway"),
    case(NEED, FAIL, private(route("igw-1")), "its default route leads to igw-1"),
    case(NEED, FAIL, private(PEER), "its default route leads to pcx-1"),
    case(NEED, FAIL, BARE, "services without an endpoint (secretsmanager, ecr.api, ecr.dkr, logs, s3)", site=QUIET),
    case(NEED, FAIL, private(describe_vpc_endpoints=endpoints(without="s3")), "without an endpoint (s3)", site=QUIET),
    case(NEED, WARN, ground(), "nat-1 cost money", site=QUIET),
    case(NEED, WARN, private(gateways=(nat(State="pending"),)), "nat-1 cost money", site=QUIET),
    case(NEED, SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
    case(PAIRS, PASS, two_gateways(), "of its own zone", site=PER_ZONE),
    case(PAIRS, PASS, two_gateways(), "of its own zone"),
    case(PAIRS, PASS, two_gateways("", AvailabilityMode="regional"), "of its own zone", site=PER_ZONE),
    case(PAIRS, PASS, ground(), "the site accepts one NAT gateway", "subnet-prv-b (aps1-az3) leaves by aps1-az1"),
    case(PAIRS, WARN, ground(), "subnet-prv-b (aps1-az3) leaves by aps1-az1", site=PER_ZONE),
    case(PAIRS, WARN, two_gateways(PUBLIC[0]), "subnet-prv-b (aps1-az3) leaves by aps1-az1", site=PER_ZONE),
    case(PAIRS, WARN, private(route("nat-1"), gateways=()), "leaves by no zone", site=PER_ZONE),
    case(PAIRS, WARN, two_gateways("subnet-far"), "leaves by another VPC", site=PER_ZONE),
    case(PAIRS, SKIP, NO_ROUTE, "no private subnet has its default route to a NAT gateway"),
    case(PAIRS, SKIP, private(route("tgw-1")), "no private subnet", site=PER_ZONE),
    case(PATH, PASS, ground(), "5 services from 2 private subnets"),
    case(PATH, PASS, private(gateways=()), "5 services from 2 private subnets"),
    case(PATH, FAIL, BARE, "subnet-prv-a: secretsmanager, ecr.api, ecr.dkr, logs, s3; subnet-prv-b"),
    case(PATH, FAIL, private(describe_vpc_endpoints=endpoints(without="logs")), "subnet-prv-a: logs"),
    case(PATH, WARN, but(describe_vpc_endpoints=endpoints(without="logs")), "by way of the default route", "logs"),
    case(PATH, PASS, but(describe_vpc_endpoints={"VpcEndpoints": []}), "5 services", site=net(endpoints="off")),
    case(PATH, FAIL, BARE, "neither an endpoint nor a way out", site=net(endpoints="off")),
    case(
        PATH,
        WARN,
        but(describe_vpc_endpoints=endpoints(endpoint("logs", State="pending"), without="logs")),
        "subnet-prv-a: logs",
    ),
    case(
        PATH,
        PASS,
        but(describe_vpc_endpoints=endpoints(endpoint("logs", State="Available"), without="logs")),
        "5 services",
    ),
    case(
        PATH,
        WARN,
        but(describe_vpc_endpoints=endpoints(endpoint("logs", PrivateDnsEnabled=False), without="logs")),
        "subnet-prv-b: logs",
    ),
    case(PATH, WARN, but(describe_vpc_endpoints=endpoints(s3_gateway("rtb-main"), without="s3")), "subnet-prv-a: s3"),
    case(PATH, PASS, but(describe_vpc_endpoints=endpoints(endpoint("s3"), without="s3")), "5 services"),
    case(PATH, WARN, ground(), "ssm", site=PARAMETERS),
    case(PATH, WARN, ground(), "xray", site=TRACED),
    case(PATH, WARN, ground(), "dynamodb", site=MIGRATING),
    case(PATH, PASS, but(describe_vpc_endpoints=endpoints(endpoint("ssm"))), "6 services", site=PARAMETERS),
    case(PATH, FAIL, but(describe_subnets={"Subnets": [subnet("subnet-x", "10.20.0.0/24", "z")]}), "not found"),
    case(PATH, SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    assert [part for part in one.says if part not in verdict.because] == [], verdict.because
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


def test_the_ways_are_told_one_by_one() -> None:
    """The evidence says of each subnet and service by what it is reached."""
    given = but(describe_vpc_endpoints=endpoints(without="ecr.dkr"))
    verdict, _ = judged(case(PATH, WARN, given))
    assert verdict.evidence["ways"]["subnet-prv-a"] == {
        "secretsmanager": "endpoint",
        "ecr.api": "endpoint",
        "ecr.dkr": "nat",
        "logs": "endpoint",
        "s3": "endpoint",
    }
