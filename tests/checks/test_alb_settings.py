"""The load balancer's subnets, security group, attributes and web ACL, on typed facts."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import SITE
from tests.support.facts import Answers
from tests.support.ground import ALB_SG, ECS_SG, PRIVATE, PUBLIC, groups, route, subnets, table, tables
from tests.support.in_turn import in_turn
from tests.support.ingress_ground import PROTECTED, attributes, but, ingress, placed, questions, refused, site
from tests.support.mutation import mutated

PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
CHECKS = ("alb.scheme-subnets", "alb.sg", "alb.attributes", "alb.waf")
PLACE, GROUP, ATTRIBUTES, WAF = CHECKS
NO_BALANCER = but(describe_load_balancers=Missing("elbv2:load-balancer", "asharvi-backend-alb"))
NOWHERE = tables(table("rtb-main", main=True), table("rtb-private", route("nat-1"), of=(*PUBLIC, *PRIVATE)))


def zones(*names: str) -> list[dict[str, str]]:
    return [{"ZoneName": "?", "SubnetId": name} for name in names]


def alb(**keys: object) -> Site:
    return site(alb=replace(PROTECTED.alb, **keys))


def keepalive(seconds: int) -> Site:
    return site(app=replace(SITE.app, keepalive_seconds=seconds))


def case(check: str, status: Status, given: Answers, *says: str, site: Site = PROTECTED) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


def set_to(**values: str) -> Answers:
    return but(describe_load_balancer_attributes=attributes(**values))


CASES = [
    case(PLACE, PASS, ingress(), "internet-facing in 2 public subnets of 2 zones"),
    case(PLACE, FAIL, but(describe_load_balancers=placed(Scheme="internal")), "is internal, expected internet-facing"),
    case(PLACE, FAIL, but(describe_load_balancers=placed(AvailabilityZones=zones(PUBLIC[0]))), "in 1 subnet"),
    case(
        PLACE,
        FAIL,
        but(describe_load_balancers=placed(AvailabilityZones=zones(PUBLIC[0], PRIVATE[1]))),
        "subnet-prv-b is no public subnet",
    ),
    case(PLACE, FAIL, but(describe_route_tables=NOWHERE), "subnet-pub-a, subnet-pub-b is no public subnet"),
    case(
        PLACE,
        FAIL,
        but(describe_load_balancers=placed(AvailabilityZones=zones("subnet-x", "subnet-y"), VpcId="vpc-2")),
        "2 of its subnets are outside of the site's VPC (vpc-2)",
    ),
    case(
        PLACE,
        WARN,
        but(describe_subnets=subnets(prv_b={"AvailabilityZoneId": "aps1-az2"})),
        "aps1-az2 has tasks but no load balancer",
    ),
    case(PLACE, SKIP, NO_BALANCER, "blocked by alb.exists"),
    case(PLACE, SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
    case(GROUP, PASS, ingress(), "alb-backend-sg alone"),
    case(GROUP, FAIL, but(describe_load_balancers=placed(SecurityGroups=[ECS_SG])), "it has sg-ecs"),
    case(GROUP, FAIL, but(describe_load_balancers=placed(SecurityGroups=[])), "it has none"),
    case(GROUP, WARN, but(describe_load_balancers=placed(SecurityGroups=[ALB_SG, ECS_SG])), "sg-ecs is on it too"),
    case(GROUP, SKIP, but(describe_security_groups=groups(SITE.net.sg_alb)), "blocked by sg.alb.exists"),
    case(GROUP, SKIP, NO_BALANCER, "blocked by alb.exists"),
    case(ATTRIBUTES, PASS, ingress(), "idle timeout 60 s"),
    case(ATTRIBUTES, PASS, ingress(), "idle timeout 60 s", site=keepalive(65)),
    case(ATTRIBUTES, WARN, ingress(), "60 s is not below the application's keep-alive of 60 s", site=keepalive(60)),
    case(ATTRIBUTES, WARN, ingress(), "keep-alive of 5 s", site=keepalive(5)),
    case(ATTRIBUTES, WARN, set_to(deletion_protection__enabled="false"), "protection is off, the site says on"),
    case(ATTRIBUTES, PASS, set_to(deletion_protection__enabled="false"), site=alb(deletion_protection=False)),
    case(ATTRIBUTES, WARN, ingress(), "protection is on, the site says off", site=alb(deletion_protection=False)),
    case(
        ATTRIBUTES,
        WARN,
        set_to(routing__http__drop_invalid_header_fields__enabled="false"),
        "invalid header fields are passed on",
    ),
    case(ATTRIBUTES, WARN, ingress(), "access logs are off, the site says required", site=alb(access_logs="required")),
    case(ATTRIBUTES, WARN, ingress(), "the site says optional", site=alb(access_logs="optional")),
    case(ATTRIBUTES, PASS, set_to(access_logs__s3__enabled="true"), site=alb(access_logs="required")),
    case(ATTRIBUTES, WARN, but(describe_load_balancer_attributes={"Attributes": []}), "protection is off", "passed on"),
    case(ATTRIBUTES, SKIP, NO_BALANCER, "blocked by alb.exists"),
    case(WAF, PASS, ingress(), "web ACL asharvi-web-acl"),
    case(WAF, PASS, ingress(), "web ACL asharvi-web-acl", site=alb(waf="optional")),
    case(WAF, WARN, but(get_web_acl_for_resource={}), "no web ACL, and the site requires one"),
    case(WAF, SKIP, but(get_web_acl_for_resource={}), "alb.waf is optional", site=alb(waf="optional")),
    case(WAF, SKIP, ingress(), "alb.waf is off", site=alb(waf="off")),
    case(WAF, SKIP, NO_BALANCER, "blocked by alb.exists"),
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


def test_a_web_acl_that_is_not_wanted_is_not_asked_for() -> None:
    """With alb.waf off nothing is read at all."""
    assert judged(case(WAF, SKIP, ingress(), site=alb(waf="off")))[1].asked == []


FAMILIES = ("alb.", "acm.", "dns.routing", "dns.alias")
REQUESTS = [
    (name, question)
    for name in all_checks()
    if name.startswith(FAMILIES) and name != "alb.https-listener"
    for question in questions(name)
]


@given(st.data())
def test_no_shape_of_the_way_in_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers of the way in, its checks decide or say what they cannot read; they never break."""
    check, question = data.draw(st.sampled_from(REQUESTS))
    whole: Any = ingress()[question]

    def broken(**asked: object) -> Mapping[str, Any]:
        found: Mapping[str, Any] = data.draw(mutated(whole(**asked) if callable(whole) else whole))
        return found

    world = {**ingress(), question: broken}
    with in_turn():
        verdict, _ = judged(Case(check=check, status=PASS, given=world, site=PROTECTED))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
