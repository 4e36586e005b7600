"""The checks of the VPC's endpoints, on typed facts."""

import json

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Dynamodb, Site, Table
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import ACCOUNT, SITE, Raw, site_with
from tests.support.facts import Answer, Answers
from tests.support.ground import (
    ALB_SG,
    ECS_SG,
    ENDPOINT_SG,
    PRIVATE,
    PUBLIC,
    but,
    endpoint,
    endpoints,
    ground,
    questions,
    refused,
    route,
    rule,
    s3_gateway,
    table,
    tables,
)

CHECKS = ("vpce.s3-gateway", "vpce.private-dns", "vpce.subnets", "vpce.sg", "vpce.policy")
PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
SHUT_IN = tables(
    table("rtb-main", main=True), table("rtb-public", route("igw-1"), of=PUBLIC), table("rtb-private", of=PRIVATE)
)
TGW = tables(table("rtb-main", main=True), table("rtb-private", route("tgw-1"), of=PRIVATE))
TWO_TABLES = tables(
    table("rtb-main", main=True),
    table("rtb-public", route("igw-1"), of=PUBLIC),
    table("rtb-private", route("nat-1"), of=PRIVATE[:1]),
    table("rtb-other", route("nat-1"), of=PRIVATE[1:]),
)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{SITE.iam.execution_role}"
DYNAMODB = site_with(db=replace(SITE.db, kind="dynamodb", dynamodb=Dynamodb(tables=(Table(name="users", pk="id"),))))


def net(**keys: object) -> Site:
    return site_with(net=replace(SITE.net, **keys))


def having(*listed: Raw, **more: Answer) -> Answers:
    return but(describe_vpc_endpoints={"VpcEndpoints": list(listed)}, **more)


def shut_in(*more: Raw, without: str = "") -> Answers:
    return but(describe_vpc_endpoints=endpoints(*more, without=without), describe_route_tables=SHUT_IN)


def with_policy(*statements: Raw, service: str = "secretsmanager", **changes: object) -> Answers:
    return having(endpoint(service, PolicyDocument=policy(*statements), **changes))


def policy(*statements: Raw) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str = "*", resource: str = "*", principal: object = "*", **more: object) -> Raw:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Principal": principal, **more}


def from_group(*rules: Raw) -> Answers:
    def describe(**asked: object) -> Raw:
        group = asked["Filters"][0]["Values"][0]  # type: ignore[index]
        return {"SecurityGroupRules": list(rules) if group == ENDPOINT_SG else []}

    return but(describe_security_group_rules=describe)


def admits(peer: str, ports: str = "443", group: str = ENDPOINT_SG) -> Raw:
    return rule(group, ports, peer)


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


BUCKET = "arn:aws:s3:::prod-ap-south-1-starport-layer-bucket"
GATEWAY = "vpce.s3-gateway"
S3_CASES = [
    case(GATEWAY, PASS, ground(), "through vpce-s3"),
    case(GATEWAY, PASS, shut_in(), "through vpce-s3"),
    case(GATEWAY, PASS, shut_in(endpoint("s3"), without="s3"), "through vpce-s3"),
    case(GATEWAY, FAIL, shut_in(endpoint("s3", PrivateDnsEnabled=False), without="s3"), "do not reach S3"),
    case(GATEWAY, FAIL, shut_in(without="s3"), "subnet-prv-a, subnet-prv-b do not reach S3"),
    case(GATEWAY, FAIL, shut_in(s3_gateway("rtb-public"), without="s3"), "do not reach S3"),
    case(GATEWAY, FAIL, shut_in(s3_gateway(State="pending"), without="s3"), "do not reach S3"),
    case(GATEWAY, WARN, but(describe_vpc_endpoints=endpoints(without="s3")), "by the default route only"),
    case(
        GATEWAY, WARN, but(describe_vpc_endpoints=endpoints(without="s3"), describe_route_tables=TGW), "default route"
    ),
    case(GATEWAY, WARN, but(describe_route_tables=TWO_TABLES), "subnet-prv-b reach S3 by the default route only"),
    *(
        case(GATEWAY, status, having(s3_gateway(PolicyDocument=policy(*statements))), *says)
        for status, statements, says in (
            (PASS, [allow()], ("through",)),
            (PASS, [allow("s3:GetObject", f"{BUCKET}/*")], ("through",)),
            (WARN, [allow("s3:*", "arn:aws:s3:::asharvi-web/*")], ("does not let everybody read", BUCKET)),
            (WARN, [allow("s3:PutObject")], ("does not let everybody read",)),
            (WARN, [allow("s3:*", principal={"AWS": ROLE})], ("does not let everybody read",)),
            (WARN, [allow(), {**allow("s3:Get*"), "Effect": "Deny"}], ("does not let everybody read",)),
            (WARN, [allow(Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})], ("does not let",)),
        )
    ),
    case(GATEWAY, UNKNOWN, having(s3_gateway(PolicyDocument="{")), "policy document"),
]

DNS = "vpce.private-dns"
ATLAS = endpoint("com.amazonaws.vpce.ap-south-1.vpce-svc-1", PrivateDnsEnabled=False)
OFF = endpoint("logs", PrivateDnsEnabled=False)
DNS_CASES = [
    case(DNS, PASS, ground(), "private DNS is on for ecr.api, ecr.dkr, logs, secretsmanager"),
    case(DNS, PASS, but(describe_vpc_endpoints=endpoints(ATLAS)), "private DNS is on"),
    case(DNS, PASS, but(describe_vpc_endpoints=endpoints(endpoint("s3", PrivateDnsEnabled=False))), "on for"),
    case(DNS, PASS, but(describe_vpc_endpoints=endpoints({**OFF, "VpcEndpointId": "vpce-2"})), "on for"),
    case(DNS, FAIL, having(endpoint("s3", PrivateDnsEnabled=False)), "s3: private DNS is off"),
    case(DNS, FAIL, but(describe_vpc_endpoints=endpoints(OFF, without="logs")), "logs: private DNS is off"),
    case(DNS, SKIP, having(s3_gateway()), "no interface endpoints"),
    case(DNS, SKIP, having(ATLAS), "no interface endpoints"),
    case(DNS, SKIP, having({**OFF, "State": "deleted"}), "no interface endpoints"),
]

ZONES = "vpce.subnets"
ZONE_CASES = [
    case(ZONES, PASS, ground(), "4 endpoints in each of aps1-az1, aps1-az3"),
    case(ZONES, PASS, having(endpoint("logs", SubnetIds=list(PUBLIC))), "1 endpoint in each"),
    case(ZONES, WARN, having(endpoint("logs", SubnetIds=[PRIVATE[0]])), "vpce-logs has no address in aps1-az3"),
    case(ZONES, WARN, having({**ATLAS, "SubnetIds": [PRIVATE[1]]}), "has no address in aps1-az1"),
    case(ZONES, WARN, having(endpoint("logs", SubnetIds=[])), "has no address in aps1-az1, aps1-az3"),
    case(ZONES, SKIP, having(s3_gateway()), "no interface endpoints"),
]

GROUPS = "vpce.sg"
GROUP_CASES = [
    case(GROUPS, PASS, ground(), "4 endpoints let the tasks in on 443"),
    case(GROUPS, PASS, from_group(admits("10.20.0.0/16")), "4 endpoints"),
    case(GROUPS, PASS, from_group(admits("10.20.0.0/17"), admits("10.20.128.0/17")), "4 endpoints"),
    case(GROUPS, PASS, from_group(*(admits(one) for one in SITE.net.private_subnets)), "4 endpoints"),
    case(GROUPS, PASS, from_group(admits(ECS_SG, "0-65535")), "4 endpoints"),
    case(GROUPS, WARN, from_group(admits("0.0.0.0/0")), "443 is open to everywhere"),
    case(GROUPS, WARN, from_group(admits(ECS_SG), admits("::/0")), "443 is open to everywhere"),
    case(GROUPS, FAIL, from_group(), "vpce-secretsmanager, vpce-ecr.api, vpce-ecr.dkr, vpce-logs do not let"),
    case(GROUPS, FAIL, from_group(admits(SITE.net.private_subnets[0])), "do not let the tasks in"),
    case(GROUPS, FAIL, from_group(admits(ALB_SG)), "do not let the tasks in"),
    case(GROUPS, FAIL, from_group(admits(ECS_SG, "80")), "do not let the tasks in"),
    case(GROUPS, FAIL, from_group(rule(ENDPOINT_SG, "443", ECS_SG, egress=True)), "do not let the tasks in"),
    case(GROUPS, FAIL, but(describe_vpc_endpoints=endpoints(endpoint("ssm", Groups=[]))), "vpce-ssm do not let"),
    case(GROUPS, PASS, but(describe_vpc_endpoints=endpoints({**ATLAS, "Groups": []})), "4 endpoints"),
    case(GROUPS, SKIP, having(s3_gateway()), "no interface endpoints"),
    case(GROUPS, SKIP, but(describe_security_groups={"SecurityGroups": []}), "blocked by sg.ecs.exists"),
]

POLICY = "vpce.policy"
SECRETS = f"arn:aws:secretsmanager:ap-south-1:{ACCOUNT}:secret:asharvi/backend/*"
PATHED = f"arn:aws:iam::{ACCOUNT}:role/backend/{SITE.iam.execution_role}"
POLICY_CASES = [
    case(POLICY, PASS, ground(), "4 endpoints let"),
    *(
        case(POLICY, PASS, with_policy(statement), "1 endpoints let")
        for statement in (
            allow(),
            allow("secretsmanager:*", SECRETS),
            allow(principal={"AWS": ROLE}),
            allow(principal={"AWS": PATHED}),
            allow(Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
            allow(Condition={"ArnLike": {"aws:PrincipalArn": PATHED}}),
        )
    ),
    *(
        case(POLICY, FAIL, with_policy(*statements), "vpce-secretsmanager does not let", "GetSecretValue")
        for statements in (
            [],
            [allow("secretsmanager:DescribeSecret")],
            [allow("*", SECRETS.replace("/*", "/prod-*"))],
            [allow(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/Other"})],
            [allow(Condition={"StringEquals": {"aws:PrincipalAccount": "999999999999"}})],
            [allow(), {**allow("secretsmanager:Get*"), "Effect": "Deny"}],
        )
    ),
    case(POLICY, FAIL, with_policy(allow("ecr:Describe*"), service="ecr.api"), "ecr:GetAuthorizationToken on *"),
    case(POLICY, FAIL, with_policy(allow("ecr:Describe*"), service="ecr.dkr"), "ecr:BatchGetImage", "and 1 more"),
    case(POLICY, FAIL, with_policy(allow("logs:PutLogEvents"), service="logs"), "logs:CreateLogStream"),
    case(POLICY, FAIL, with_policy(allow("dynamodb:GetItem"), service="dynamodb"), "dynamodb:PutItem", site=DYNAMODB),
    case(POLICY, SKIP, with_policy(allow("ssm:*"), service="sqs"), "no interface endpoints"),
    case(POLICY, UNKNOWN, with_policy(allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})), "aws:SourceIp"),
    case(POLICY, SKIP, having(s3_gateway()), "no interface endpoints"),
    case(POLICY, SKIP, having(endpoint("logs", State="Rejected")), "no interface endpoints"),
]
CASES = [
    *S3_CASES,
    *DNS_CASES,
    *ZONE_CASES,
    *GROUP_CASES,
    *POLICY_CASES,
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    assert [part for part in one.says if part not in verdict.because] == [], verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


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
