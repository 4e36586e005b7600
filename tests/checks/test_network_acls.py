"""The check of network ACLs, on typed facts: which flows it demands, and what it says of those that are shut."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import SITE, Raw, site_with
from tests.support.facts import Answer, Answers
from tests.support.ground import (
    DENY_REST,
    PRIVATE,
    PUBLIC,
    acl_entry,
    but,
    endpoint,
    endpoints,
    ground,
    nat,
    network_acl,
    network_acls,
    questions,
    refused,
    table,
    tables,
)
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated

CHECK = "net.nacl"
PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
PUBLIC_CIDRS, PRIVATE_CIDRS = SITE.net.public_subnets, SITE.net.private_subnets
ANY, VPC = "0.0.0.0/0", "10.20.0.0/16"
QUIET = site_with(app=replace(SITE.app, smtp_host_kind="none"))
NO_WAY_OUT = tables(table("rtb-main", main=True), table("rtb-private", of=PRIVATE))


def entering(number: int, action: str, cidr: str, ports: str = "") -> Raw:
    return acl_entry(number, action, cidr, ports)


def leaving(number: int, action: str, cidr: str, ports: str = "") -> Raw:
    return acl_entry(number, action, cidr, ports, egress=True)


# The least that the guide's backend needs.
PUBLIC_RULES = (
    entering(10, "allow", ANY, "443"),
    entering(20, "allow", ANY, "80"),
    entering(30, "allow", ANY, "1024-65535"),
    entering(40, "allow", VPC, "587"),
    leaving(10, "allow", ANY, "1024-65535"),
    leaving(20, "allow", ANY, "443"),
    leaving(30, "allow", ANY, "587"),
    *DENY_REST,
)
PRIVATE_RULES = (
    entering(10, "allow", PUBLIC_CIDRS[0], "3000"),
    entering(20, "allow", PUBLIC_CIDRS[1], "3000"),
    entering(30, "allow", ANY, "1024-65535"),
    entering(40, "allow", VPC, "443"),
    leaving(10, "allow", VPC, "1024-65535"),
    leaving(20, "allow", ANY, "443"),
    leaving(30, "allow", ANY, "587"),
    leaving(40, "allow", SITE.db.atlas.cidr, "27017"),
    *DENY_REST,
)


def acls(
    *, public: tuple[Raw, ...] = PUBLIC_RULES, private: tuple[Raw, ...] = PRIVATE_RULES, **more: Answer
) -> Answers:
    both = network_acls(network_acl("acl-public", PUBLIC, public), network_acl("acl-private", PRIVATE, private))
    return but(describe_network_acls=both, **more)


def less(rules: tuple[Raw, ...], number: int, *, egress: bool) -> tuple[Raw, ...]:
    return tuple(one for one in rules if (one["RuleNumber"], one["Egress"]) != (number, egress))


def atlas(connectivity: str) -> Site:
    return site_with(db=replace(SITE.db, atlas=replace(SITE.db.atlas, connectivity=connectivity)))


def net(**keys: object) -> Site:
    return site_with(net=replace(SITE.net, **keys))


def case(status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=CHECK, status=status, given=given, says=says, site=site)


def without_public(number: int, *, egress: bool) -> Answers:
    return acls(public=less(PUBLIC_RULES, number, egress=egress))


def without_private(number: int, *, egress: bool) -> Answers:
    return acls(private=less(PRIVATE_RULES, number, egress=egress))


ENDPOINT_OF_ATLAS = endpoint("com.amazonaws.vpce.ap-south-1.vpce-svc-1", SubnetIds=[PRIVATE[1]])
CASES = [
    case(PASS, ground(), "flows pass the borders of 4 subnets"),
    case(PASS, acls(), "flows pass the borders of 4 subnets"),
    case(FAIL, without_public(10, egress=False), "443 in from clients (0.0.0.0/0) is shut by rule 32767 of acl-public"),
    case(FAIL, without_public(20, egress=False), "80 in from clients"),
    case(PASS, without_public(20, egress=False), site=net(allow_http_redirect=False)),
    case(FAIL, without_public(30, egress=False), "answers from the tasks is shut"),
    case(FAIL, without_public(40, egress=False), "587 in from the private subnets is shut"),
    case(PASS, without_public(40, egress=False), site=QUIET),
    case(FAIL, without_public(10, egress=True), "answers to clients (0.0.0.0/0)"),
    case(FAIL, without_public(20, egress=True), "subnet-pub-a: 443 out to the internet is shut"),
    case(FAIL, without_public(30, egress=True), "587 out to the internet is shut"),
    case(PASS, acls(describe_nat_gateways={"NatGateways": [nat(SubnetId="subnet-elsewhere")]})),
    case(PASS, without_private(10, egress=False)),
    case(
        FAIL,
        acls(private=(entering(5, "deny", PUBLIC_CIDRS[1], "3000"), *PRIVATE_RULES)),
        "subnet-prv-a: 3000 in from the load balancer is shut by rule 5",
    ),
    case(FAIL, without_private(30, egress=False), "answers from the internet"),
    case(FAIL, without_private(40, egress=False), "443 in from other private subnets is shut"),
    case(FAIL, without_private(10, egress=True), "answers to the load balancer is shut"),
    case(FAIL, without_private(20, egress=True), "443 out to the internet is shut", "subnet-prv-a"),
    case(FAIL, without_private(30, egress=True), "587 out to the internet is shut"),
    case(FAIL, without_private(40, egress=True), "27017 out to Atlas is shut"),
    case(PASS, without_private(40, egress=True), site=site_with(db=replace(SITE.db, kind="dynamodb"))),
    case(FAIL, without_private(40, egress=True), "27017 out to the internet is shut", site=atlas("public")),
    case(WARN, acls(), "27017 out to the internet is partly", site=atlas("public")),
    case(PASS, acls(describe_vpc_endpoints=endpoints(ENDPOINT_OF_ATLAS)), site=atlas("privatelink")),
    case(
        FAIL,
        acls(
            private=(leaving(5, "deny", PRIVATE_CIDRS[1], "1024-65535"), *PRIVATE_RULES),
            describe_vpc_endpoints=endpoints(ENDPOINT_OF_ATLAS),
        ),
        "subnet-prv-a: 1024-65535 out to the Atlas endpoint is shut by rule 5",
        site=atlas("privatelink"),
    ),
    case(PASS, but(describe_route_tables=NO_WAY_OUT), site=QUIET),
    case(
        WARN,
        but(describe_network_acls=network_acls(network_acl("acl-idle", PUBLIC))),
        "acl-idle allows everything",
    ),
    case(
        WARN,
        acls(public=(entering(5, "deny", "203.0.113.9/32"), *PUBLIC_RULES)),
        "443 in from clients (0.0.0.0/0) is partly by rule 5 of acl-public",
    ),
    case(WARN, acls(private=(leaving(5, "deny", "192.168.249.0/24"), *PRIVATE_RULES)), "27017 out to Atlas is partly"),
    case(
        WARN,
        acls(
            public=(
                *less(PUBLIC_RULES, 10, egress=True),
                leaving(10, "allow", ANY, "32768-65535"),
                leaving(15, "allow", VPC),
            )
        ),
        "answers to clients (0.0.0.0/0) is partly by rule 32767",
    ),
    case(FAIL, acls(private=(leaving(5, "deny", SITE.db.atlas.cidr), *PRIVATE_RULES)), "by rule 5 of acl-private"),
    case(
        FAIL, acls(public=(entering(5, "deny", "2001:db8::/32"), *PUBLIC_RULES)), site=net(alb_allowed_cidrs=("::/0",))
    ),
    case(
        PASS,
        acls(
            public=(
                *PUBLIC_RULES,
                entering(50, "allow", "::/0", "443"),
                entering(60, "allow", "::/0", "80"),
                leaving(50, "allow", "::/0", "1024-65535"),
            )
        ),
        site=net(alb_allowed_cidrs=("::/0", "0.0.0.0/0")),
    ),
    case(UNKNOWN, but(describe_network_acls={"NetworkAcls": []}), "no network ACL for subnet-pub-a"),
    case(SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    told = "; ".join([verdict.because, *verdict.evidence.get("closed", ())])
    assert [part for part in one.says if part not in told] == [], told
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


@pytest.mark.parametrize("one", [refused(CHECK, question) for question in questions(CHECK)], ids=str)
def test_denied(one: Case) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(one)
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


def test_needs_are_what_is_asked() -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(CHECK, CASES) == set(all_checks()[CHECK].needs)


NETWORK = [name for name in all_checks() if name.startswith(("net.", "vpce."))]
REQUESTS = [(name, operation) for name in NETWORK for _, operation in questions(name)]


@given(st.data())
def test_no_shape_of_the_network_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers of the network, its checks decide or say what they cannot read; they never break."""
    check, operation = data.draw(st.sampled_from(REQUESTS))
    whole = next(answer for (_, one), answer in ground().items() if one == operation)

    def broken(**asked: object) -> Raw:
        found: Raw = data.draw(mutated(whole(**asked) if callable(whole) else whole))
        return found

    with in_turn():
        verdict, _ = judged(Case(check=check, status=UNKNOWN, given=but(**{operation: broken})))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
