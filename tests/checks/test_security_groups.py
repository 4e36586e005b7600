"""The checks of both security groups, on typed facts."""

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import SITE, Raw, site_with
from tests.support.facts import Answer, Answers
from tests.support.ground import (
    ALB_IN,
    ALB_OUT,
    ALB_SG,
    DYNAMODB_LIST,
    ECS_443,
    ECS_DB,
    ECS_IN,
    ECS_OUT,
    ECS_SG,
    ENDPOINT_SG,
    S3_LIST,
    alb_in,
    alb_out,
    but,
    ecs_in,
    ecs_out,
    endpoint,
    endpoints,
    ground,
    groups,
    questions,
    refused,
    route,
    rules,
    table,
    tables,
)
from tests.support.raw_elb import balancer, listener

CHECKS = (
    "sg.alb.exists",
    "sg.alb.ingress-443",
    "sg.alb.ingress-80",
    "sg.alb.ingress-minimal",
    "sg.alb.egress-app",
    "sg.ecs.exists",
    "sg.ecs.ingress-app",
    "sg.ecs.ingress-minimal",
    "sg.ecs.egress-443",
    "sg.ecs.egress-db",
    "sg.ecs.egress-minimal",
    "sg.ecs.egress-smtp",
)
ANY, ANY6 = "0.0.0.0/0", "::/0"
OFFICE = "203.0.113.0/24"
ALLOW_ALL = ecs_out("all", ANY)
DUALSTACK = {"LoadBalancers": [balancer(IpAddressType="dualstack")]}
NO_BALANCER = Missing("elbv2:load-balancer", "asharvi-backend-alb")
PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP


def net(**keys: object) -> Site:
    return site_with(net=replace(SITE.net, **keys))


def app(**keys: object) -> Site:
    return site_with(app=replace(SITE.app, **keys))


def atlas(connectivity: str, **keys: object) -> Site:
    return site_with(db=replace(SITE.db, atlas=replace(SITE.db.atlas, connectivity=connectivity, **keys)))


def db(**keys: object) -> Site:
    return site_with(db=replace(SITE.db, **keys))


def inbound(*given: Raw) -> Answers:
    return but(describe_security_group_rules=rules(alb=(*given, *ALB_OUT)))


def outbound(*given: Raw) -> Answers:
    return but(describe_security_group_rules=rules(alb=(*ALB_IN, *given)))


def to_tasks(*given: Raw) -> Answers:
    return but(describe_security_group_rules=rules(ecs=(*given, *ECS_OUT)))


def from_tasks(*given: Raw, **changed: Raw) -> Answers:
    return but(describe_security_group_rules=rules(ecs=(*ECS_IN, *given)), **changed)


def also(given: Answers, **changed: Answer) -> Answers:
    services = {operation: service for service, operation in given}
    return {**given, **{(services[operation], operation): answer for operation, answer in changed.items()}}


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


ATLAS_LINK = endpoint("com.amazonaws.vpce.ap-south-1.vpce-svc-0atlas", Groups=[{"GroupId": "sg-atlas"}])
LINKED = {"describe_vpc_endpoints": endpoints(ATLAS_LINK)}
DYNAMODB = db(kind="dynamodb")

ALB_CASES = [
    case("sg.alb.exists", PASS, ground(), "sg-alb"),
    case("sg.alb.exists", FAIL, but(describe_security_groups=groups("alb-backend-sg")), "alb-backend-sg not found"),
    case("sg.alb.exists", SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
    case("sg.alb.ingress-443", PASS, ground(), "0.0.0.0/0"),
    case("sg.alb.ingress-443", PASS, inbound(alb_in("443", "0.0.0.0/1"), alb_in("443", "128.0.0.0/1")), "0.0.0.0/0"),
    case("sg.alb.ingress-443", PASS, also(ground(), describe_load_balancers=NO_BALANCER), "0.0.0.0/0"),
    case("sg.alb.ingress-443", PASS, inbound(alb_in("443", ANY), alb_in("443", ANY6)), "0.0.0.0/0"),
    case("sg.alb.ingress-443", PASS, inbound(alb_in("443", OFFICE)), OFFICE, site=net(alb_allowed_cidrs=(OFFICE,))),
    case("sg.alb.ingress-443", FAIL, inbound(alb_in("80", ANY)), "nothing opens 443"),
    case("sg.alb.ingress-443", FAIL, inbound(alb_in("443", ANY, IpProtocol="udp")), "nothing opens 443"),
    case("sg.alb.ingress-443", FAIL, inbound(alb_in("443", OFFICE)), "not open to all of 0.0.0.0/0"),
    case("sg.alb.ingress-443", FAIL, inbound(alb_in("443", "0.0.0.0/1")), "not open to all of 0.0.0.0/0"),
    case("sg.alb.ingress-443", FAIL, but(describe_load_balancers=DUALSTACK), "not open to all of ::/0"),
    case("sg.alb.ingress-443", WARN, inbound(alb_in("443", ANY)), "wider", site=net(alb_allowed_cidrs=(OFFICE,))),
    case("sg.alb.ingress-443", WARN, inbound(alb_in("443", "pl-edge")), "pl-edge", "not compared"),
    case("sg.alb.ingress-443", WARN, inbound(alb_in("443", ANY), alb_in("443", "pl-edge")), "pl-edge", "not compared"),
    case("sg.alb.ingress-443", WARN, inbound(alb_in("0-65535", ANY)), "a wider rule covers it"),
    case("sg.alb.ingress-443", WARN, inbound(alb_in("all", ANY)), "a wider rule covers it"),
    case(
        "sg.alb.ingress-443", SKIP, but(describe_security_groups=groups("alb-backend-sg")), "blocked by sg.alb.exists"
    ),
    case("sg.alb.ingress-80", PASS, ground(), "same sources as 443"),
    case(
        "sg.alb.ingress-80",
        PASS,
        also(inbound(alb_in("443", ANY)), describe_listeners={"Listeners": [listener(443)]}),
        "closed",
        site=net(allow_http_redirect=False),
    ),
    case("sg.alb.ingress-80", WARN, inbound(alb_in("443", ANY)), "listener waits on 80"),
    case(
        "sg.alb.ingress-80",
        WARN,
        also(inbound(alb_in("443", ANY)), describe_listeners={"Listeners": []}),
        "80 is closed",
    ),
    case("sg.alb.ingress-80", WARN, inbound(alb_in("443", ANY), alb_in("80", OFFICE)), "not open to 0.0.0.0/0"),
    case("sg.alb.ingress-80", WARN, inbound(*ALB_IN, alb_in("443", "pl-edge")), "not open to pl-edge"),
    case("sg.alb.ingress-80", WARN, ground(), "80 is open", site=net(allow_http_redirect=False)),
    case("sg.alb.ingress-80", WARN, but(describe_listeners={"Listeners": [listener(443)]}), "no listener"),
    case("sg.alb.ingress-80", SKIP, also(ground(), describe_load_balancers=NO_BALANCER), "blocked by alb.exists"),
    case("sg.alb.ingress-minimal", PASS, ground(), "only 443 and 80"),
    *(
        case("sg.alb.ingress-minimal", FAIL, inbound(*ALB_IN, alb_in(port, ANY)), f"open to everybody: {port}")
        for port in ("22", "3389", "27017", "3000")
    ),
    case("sg.alb.ingress-minimal", FAIL, inbound(*ALB_IN, alb_in("22", ANY6)), "open to everybody: 22"),
    case(
        "sg.alb.ingress-minimal",
        FAIL,
        inbound(*ALB_IN, alb_in("20-25", "0.0.0.0/1"), alb_in("22", "128.0.0.0/1")),
        "22",
    ),
    case("sg.alb.ingress-minimal", FAIL, inbound(*ALB_IN, alb_in("all", ANY)), "all traffic"),
    case("sg.alb.ingress-minimal", WARN, inbound(*ALB_IN, alb_in("22", OFFICE)), "1 more rules", OFFICE),
    case("sg.alb.ingress-minimal", WARN, inbound(alb_in("80-443", ANY)), "tcp 80-443"),
    case("sg.alb.egress-app", PASS, ground(), "3000", "sg-ecs"),
    case(
        "sg.alb.egress-app",
        PASS,
        outbound(*(alb_out("3000", cidr) for cidr in SITE.net.private_subnets)),
        "private subnets",
    ),
    case("sg.alb.egress-app", FAIL, outbound(), "nothing lets 3000 out"),
    case("sg.alb.egress-app", FAIL, outbound(alb_out("3000", SITE.net.private_subnets[0])), "nothing lets 3000 out"),
    case(
        "sg.alb.egress-app",
        FAIL,
        outbound(alb_out("3001", ECS_SG), alb_out("3000", "sg-other")),
        "nothing lets 3000 out",
    ),
    case("sg.alb.egress-app", FAIL, outbound(alb_out("all", ANY6)), "nothing lets 3000 out"),
    case("sg.alb.egress-app", WARN, outbound(alb_out("all", ANY)), "looser than the guide"),
    case(
        "sg.alb.egress-app",
        WARN,
        outbound(*ALB_OUT, alb_out("all", "0.0.0.0/1"), alb_out("all", "128.0.0.0/1")),
        "looser",
    ),
    case("sg.alb.egress-app", WARN, outbound(*ALB_OUT, alb_out("443", OFFICE)), "tcp 443", OFFICE),
    case("sg.alb.egress-app", SKIP, but(describe_security_groups=groups("ecs-backend-sg")), "blocked by sg.ecs.exists"),
]
INGRESS_CASES = [
    case("sg.ecs.exists", PASS, ground(), "sg-ecs", "shared by staging and prod"),
    case("sg.ecs.exists", FAIL, but(describe_security_groups=groups("ecs-backend-sg")), "ecs-backend-sg not found"),
    case("sg.ecs.ingress-app", PASS, ground(), "3000", "sg-alb"),
    case("sg.ecs.ingress-app", PASS, to_tasks(ecs_in("0-65535", ALB_SG)), "sg-alb"),
    case("sg.ecs.ingress-app", WARN, to_tasks(ecs_in("3000", "10.20.0.0/23")), "public subnets"),
    case("sg.ecs.ingress-app", FAIL, to_tasks(), "nothing lets sg-alb in on 3000"),
    case("sg.ecs.ingress-app", FAIL, to_tasks(ecs_in("3000", "10.20.0.0/24")), "nothing lets sg-alb in"),
    case("sg.ecs.ingress-app", FAIL, to_tasks(ecs_in("3000", "sg-deleted")), "nothing lets sg-alb in"),
    case(
        "sg.ecs.ingress-app",
        FAIL,
        to_tasks(ecs_in("3000", ALB_SG, ReferencedGroupInfo={"GroupId": ALB_SG, "PeeringStatus": "deleted"})),
        "nothing lets sg-alb in",
    ),
    case(
        "sg.ecs.ingress-app", SKIP, but(describe_security_groups=groups("alb-backend-sg")), "blocked by sg.alb.exists"
    ),
    case("sg.ecs.ingress-minimal", PASS, ground(), "only the load balancer"),
    case("sg.ecs.ingress-minimal", FAIL, to_tasks(*ECS_IN, ecs_in("9229", ANY)), "open to everybody", "9229"),
    case("sg.ecs.ingress-minimal", FAIL, to_tasks(*ECS_IN, ecs_in("9229", ANY6)), "open to everybody"),
    case(
        "sg.ecs.ingress-minimal",
        WARN,
        to_tasks(*ECS_IN, ecs_in("9229", "10.20.0.0/16")),
        "1 more sources",
        "10.20.0.0/16",
    ),
    case("sg.ecs.ingress-minimal", WARN, to_tasks(ecs_in("0-65535", ALB_SG)), "tcp 0-65535"),
]
EGRESS_CASES = [
    case("sg.ecs.egress-443", PASS, ground(), "endpoints and to S3"),
    case("sg.ecs.egress-443", PASS, from_tasks(ecs_out("443", ANY)), "everywhere"),
    case(
        "sg.ecs.egress-443",
        PASS,
        from_tasks(ecs_out("443", "10.20.0.0/16"), ecs_out("443", S3_LIST)),
        "endpoints and to S3",
    ),
    case(
        "sg.ecs.egress-443",
        PASS,
        from_tasks(ecs_out("443", ENDPOINT_SG), describe_vpc_endpoints=endpoints(endpoint("s3"))),
        "S3",
    ),
    case("sg.ecs.egress-443", FAIL, from_tasks(), "secretsmanager, ecr.api, ecr.dkr, logs, s3"),
    case("sg.ecs.egress-443", FAIL, from_tasks(ecs_out("443", ENDPOINT_SG)), "443 is not let out to s3 (image layers)"),
    case("sg.ecs.egress-443", FAIL, but(describe_vpc_endpoints=endpoints(without="logs")), "not let out to logs:"),
    case("sg.ecs.egress-443", FAIL, from_tasks(ecs_out("443", S3_LIST), ecs_out("443", "sg-other")), "secretsmanager"),
    case(
        "sg.ecs.egress-443",
        FAIL,
        but(
            describe_vpc_endpoints={
                "VpcEndpoints": [endpoint(one, State="pending") for one in SITE.net.endpoint_services]
            }
        ),
        "secretsmanager",
    ),
    case("sg.ecs.egress-443", FAIL, from_tasks(ecs_out("all", ANY6)), "secretsmanager"),
    case("sg.ecs.egress-443", WARN, from_tasks(ALLOW_ALL), "all traffic is let out"),
    case("sg.ecs.egress-443", SKIP, but(describe_security_groups=groups("ecs-backend-sg")), "blocked by sg.ecs.exists"),
    case("sg.ecs.egress-db", PASS, ground(), "MongoDB Atlas"),
    case(
        "sg.ecs.egress-db",
        PASS,
        from_tasks(ecs_out("27015-27016", SITE.db.atlas.cidr), ecs_out("27017", SITE.db.atlas.cidr)),
        "Atlas",
        site=atlas("peering", ports="27015-27017"),
    ),
    case(
        "sg.ecs.egress-db",
        PASS,
        from_tasks(ecs_out("27017", "192.168.248.0/22"), ecs_out("27017", "192.168.252.0/22")),
        "Atlas",
    ),
    case("sg.ecs.egress-db", PASS, from_tasks(ecs_out("27017", OFFICE)), "Atlas", site=atlas("public")),
    case(
        "sg.ecs.egress-db",
        PASS,
        from_tasks(ecs_out("1024-65535", "sg-atlas"), **LINKED),
        "Atlas",
        site=atlas("privatelink"),
    ),
    case(
        "sg.ecs.egress-db",
        PASS,
        from_tasks(ecs_out("1024-1030", "sg-atlas"), **LINKED),
        "Atlas",
        site=atlas("privatelink", ports="1024-1030", endpoint_service="com.amazonaws.vpce.ap-south-1.vpce-svc-0atlas"),
    ),
    case("sg.ecs.egress-db", PASS, from_tasks(ecs_out("443", DYNAMODB_LIST)), "DynamoDB", site=DYNAMODB),
    case(
        "sg.ecs.egress-db",
        PASS,
        from_tasks(ecs_out("443", ENDPOINT_SG), describe_vpc_endpoints=endpoints(endpoint("dynamodb"))),
        "DynamoDB",
        site=DYNAMODB,
    ),
    case(
        "sg.ecs.egress-db",
        PASS,
        from_tasks(*ECS_DB, ecs_out("443", DYNAMODB_LIST)),
        "MongoDB Atlas and DynamoDB",
        site=db(migrating=True),
    ),
    case("sg.ecs.egress-db", FAIL, from_tasks(*ECS_443), "27017 is not let out to 192.168.248.0/21"),
    case("sg.ecs.egress-db", FAIL, from_tasks(ecs_out("27017", "192.168.248.0/22")), "27017 is not let out"),
    case("sg.ecs.egress-db", FAIL, ground(), "27015-27016 is not let out", site=atlas("peering", ports="27015-27017")),
    case("sg.ecs.egress-db", FAIL, from_tasks(ecs_out("27017", ENDPOINT_SG)), "any address", site=atlas("public")),
    case("sg.ecs.egress-db", FAIL, ground(), "no endpoint of the Atlas service", site=atlas("privatelink")),
    case(
        "sg.ecs.egress-db",
        FAIL,
        from_tasks(ecs_out("1024-60000", "sg-atlas"), **LINKED),
        "60001-65535 is not let out",
        site=atlas("privatelink"),
    ),
    case("sg.ecs.egress-db", FAIL, from_tasks(*ECS_443), "443 is not let out to DynamoDB", site=DYNAMODB),
    case("sg.ecs.egress-db", FAIL, ground(), "443 is not let out to DynamoDB", site=db(migrating=True)),
    case("sg.ecs.egress-db", WARN, from_tasks(ecs_out("27017", ANY)), "27017 is let out to everywhere"),
    case("sg.ecs.egress-db", WARN, from_tasks(ALLOW_ALL), "let out to everywhere"),
    case("sg.ecs.egress-db", WARN, from_tasks(*ECS_DB, ecs_out("443", DYNAMODB_LIST)), "DynamoDB is open too"),
    case(
        "sg.ecs.egress-db",
        WARN,
        from_tasks(*ECS_DB, ecs_out("443", DYNAMODB_LIST)),
        "MongoDB (27017) is open too",
        site=DYNAMODB,
    ),
    case("sg.ecs.egress-minimal", PASS, ground(), "none lets all traffic out"),
    case("sg.ecs.egress-minimal", WARN, from_tasks(*ECS_OUT, ALLOW_ALL), "default rule"),
    case("sg.ecs.egress-minimal", WARN, from_tasks(*ECS_OUT, ecs_out("all", ANY6)), "default rule"),
    case(
        "sg.ecs.egress-minimal",
        WARN,
        from_tasks(ecs_out("all", "0.0.0.0/1"), ecs_out("all", "128.0.0.0/1")),
        "default rule",
    ),
    case("sg.ecs.egress-smtp", PASS, ground(), "587"),
    case(
        "sg.ecs.egress-smtp",
        PASS,
        but(describe_route_tables=tables(table("rtb-main", route("tgw-1"), main=True))),
        "587",
    ),
    case(
        "sg.ecs.egress-smtp",
        PASS,
        from_tasks(ecs_out("587", ENDPOINT_SG), describe_vpc_endpoints=endpoints(endpoint("email-smtp"))),
        "587",
        site=app(smtp_host_kind="ses-endpoint"),
    ),
    case("sg.ecs.egress-smtp", SKIP, ground(), "sends no mail", site=app(smtp_host_kind="none")),
    case("sg.ecs.egress-smtp", WARN, from_tasks(ecs_out("25", ANY)), "port 25", site=app(smtp_port=25)),
    case("sg.ecs.egress-smtp", WARN, from_tasks(*ECS_443), "nothing lets 587 out"),
    case("sg.ecs.egress-smtp", WARN, from_tasks(ecs_out("587", "10.20.0.0/16")), "nothing lets 587 out"),
    case(
        "sg.ecs.egress-smtp",
        WARN,
        but(
            describe_nat_gateways={
                "NatGateways": [{"NatGatewayId": "nat-1", "State": "deleted", "SubnetId": "subnet-pub-a"}]
            }
        ),
        "no default route",
    ),
    case(
        "sg.ecs.egress-smtp", WARN, but(describe_route_tables=tables(table("rtb-main", main=True))), "no default route"
    ),
    case("sg.ecs.egress-smtp", WARN, ground(), "no email-smtp endpoint", site=app(smtp_host_kind="ses-endpoint")),
]
CASES = [*ALB_CASES, *INGRESS_CASES, *EGRESS_CASES]


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
