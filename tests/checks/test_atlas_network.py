"""The checks of the way to Atlas, on typed facts."""

from typing import Any

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause, Status
from tests.support.database import (
    CIDR,
    GUARDED,
    DbCase,
    asked_in,
    atlas_site,
    but_db,
    db_ground,
    dynamo_site,
    interfaces,
    judge,
    peered_tables,
    peering,
    peerings,
    private_endpoint,
    to_atlas,
)
from tests.support.facts import NOON, Answers, action_of, without
from tests.support.ground import ECS_SG, PRIVATE, endpoints, route, rule, table, tables

PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
CHECKS = (
    "atlas.connectivity.peering",
    "atlas.connectivity.routes",
    "atlas.connectivity.privatelink",
    "atlas.dns-peering",
)
LINKED = atlas_site("privatelink")
NO_ADDRESSES: dict[str, Any] = {"RequesterVpcInfo": {"VpcId": "vpc-atlas"}}


def case(check: str, status: Status, given: Answers, *says: str, site: object = GUARDED) -> DbCase:
    return DbCase(check=f"atlas.{check}", status=status, given=given, says=says, site=site)  # type: ignore[arg-type]


def peered(*found: dict[str, object]) -> Answers:
    return but_db(describe_vpc_peering_connections=peerings(*found))


def routed(*private: dict[str, object], public: tuple[dict[str, object], ...] = ()) -> Answers:
    return but_db(describe_route_tables=peered_tables(*private, public=public))


def one_zone_only() -> Answers:
    halves = (
        table("rtb-main", main=True),
        table("rtb-a", to_atlas(), of=PRIVATE[:1]),
        table("rtb-b", route("nat-1"), of=PRIVATE[1:]),
    )
    return but_db(describe_route_tables=tables(*halves))


def attributes(support: bool, hostnames: bool) -> Answers:
    def describe(**asked: object) -> dict[str, object]:
        name = str(asked["Attribute"])
        value = support if name == "enableDnsSupport" else hostnames
        return {name[0].upper() + name[1:]: {"Value": value}}

    return but_db(describe_vpc_attribute=describe)


def linked(**changes: object) -> Answers:
    return but_db(describe_vpc_endpoints=endpoints(private_endpoint(**changes)))


def admitting(*rules: dict[str, object]) -> Answers:
    return but_db(describe_security_group_rules={"SecurityGroupRules": list(rules)})


CASES = [
    case("connectivity.peering", PASS, db_ground(), "pcx-1", CIDR),
    case(
        "connectivity.peering",
        PASS,
        peered(peering(RequesterVpcInfo={"VpcId": "vpc-1"}, AccepterVpcInfo={"VpcId": "vpc-a", "CidrBlock": CIDR})),
        "pcx-1",
    ),
    case("connectivity.peering", PASS, peered(peering("deleted"), peering(VpcPeeringConnectionId="pcx-2")), "pcx-2"),
    case("connectivity.peering", FAIL, peered(), "no peering connection"),
    case("connectivity.peering", FAIL, peered(peering(**NO_ADDRESSES)), "no peering connection"),
    case(
        "connectivity.peering",
        FAIL,
        peered(peering(RequesterVpcInfo={"VpcId": "vpc-x", "CidrBlock": "10.99.0.0/16"})),
        "no peering connection",
    ),
    *[case("connectivity.peering", FAIL, peered(peering(state)), state) for state in ("failed", "rejected", "expired")],
    case("connectivity.peering", FAIL, peered(peering("deleted", **NO_ADDRESSES)), "deleted"),
    case("connectivity.peering", WARN, peered(peering("pending-acceptance")), "pending-acceptance", "7 days"),
    case(
        "connectivity.peering",
        WARN,
        peered(peering("pending-acceptance", ExpirationTime=NOON)),
        "until 2026-11-23 12:00 UTC",
    ),
    case("connectivity.routes", PASS, db_ground(), "2 private subnets"),
    case("connectivity.routes", PASS, routed(to_atlas("192.168.0.0/16")), "2 private subnets"),
    case("connectivity.routes", PASS, routed(to_atlas(), to_atlas("192.168.252.0/24")), "2 private subnets"),
    case("connectivity.routes", FAIL, routed(route("nat-1", "10.99.0.0/16")), "no route to the peering connection"),
    case("connectivity.routes", FAIL, one_zone_only(), "subnet-prv-b has no route"),
    case("connectivity.routes", FAIL, routed(to_atlas(state="blackhole")), "black hole"),
    case("connectivity.routes", FAIL, routed(to_atlas("192.168.0.0/16"), route("tgw-1", CIDR)), "no route"),
    case("connectivity.routes", FAIL, routed(to_atlas(), route("tgw-1", "192.168.252.0/22")), "192.168.252.0/22"),
    case("connectivity.routes", WARN, routed(to_atlas(), public=(to_atlas(),)), "public subnets", "subnet-pub-a"),
    case("dns-peering", PASS, db_ground(), "private addresses"),
    case("dns-peering", FAIL, attributes(support=False, hostnames=True), "DNS support"),
    case("dns-peering", WARN, attributes(support=True, hostnames=False), "host names"),
    case("connectivity.privatelink", PASS, db_ground(), "vpce-atlas", "2 zones", "1024-65535", site=LINKED),
    case(
        "connectivity.privatelink",
        PASS,
        linked(State="Available"),
        "vpce-atlas",
        site=atlas_site("privatelink", endpoint_service=private_endpoint()["ServiceName"]),
    ),
    case("connectivity.privatelink", FAIL, but_db(describe_vpc_endpoints=endpoints()), "no endpoint", site=LINKED),
    case(
        "connectivity.privatelink",
        FAIL,
        db_ground(),
        "no endpoint",
        site=atlas_site("privatelink", endpoint_service="com.amazonaws.vpce.ap-south-1.vpce-svc-other"),
    ),
    *[
        case("connectivity.privatelink", FAIL, linked(State=state), state, site=LINKED)
        for state in ("pendingAcceptance", "rejected", "failed")
    ],
    case("connectivity.privatelink", FAIL, admitting(), "do not admit", "1024-65535", site=LINKED),
    case("connectivity.privatelink", FAIL, admitting(rule("sg-atlas", "1024-2000", ECS_SG)), "2001-65535", site=LINKED),
    case(
        "connectivity.privatelink",
        FAIL,
        admitting(rule("sg-atlas", "1024-65535", "10.20.10.0/24")),
        "do not admit",
        site=LINKED,
    ),
    case(
        "connectivity.privatelink",
        PASS,
        admitting(rule("sg-atlas", "1024-65535", "10.20.10.0/24"), rule("sg-atlas", "1024-65535", "10.20.11.0/24")),
        "admits the tasks",
        site=LINKED,
    ),
    case(
        "connectivity.privatelink",
        WARN,
        but_db(describe_network_interfaces=interfaces("in-use", "detaching")),
        "1 zone only",
        site=LINKED,
    ),
    case("connectivity.privatelink", WARN, linked(PrivateDnsEnabled=True), "private DNS", site=LINKED),
    case("connectivity.privatelink", WARN, linked(NetworkInterfaceIds=[]), "0 zones only", site=LINKED),
    *[case(name.removeprefix("atlas."), SKIP, db_ground(), "DynamoDB", site=dynamo_site()) for name in CHECKS],
    case("connectivity.privatelink", SKIP, db_ground(), "reached by peering"),
    case("connectivity.peering", SKIP, db_ground(), "reached by privatelink", site=LINKED),
    case("connectivity.routes", SKIP, db_ground(), "reached by public", site=atlas_site("public")),
    case("dns-peering", SKIP, db_ground(), "reached by public", site=atlas_site("public")),
    case("connectivity.routes", SKIP, but_db(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_the_world_gets_its_verdict(one: DbCase) -> None:
    """Every clause of a row: PASS, each FAIL, each WARN and each SKIP."""
    verdict, _ = judge(one)
    assert verdict.status == one.status, verdict.because
    for part in one.says:
        assert part in verdict.because
    assert verdict.remedy or one.status in (PASS, SKIP)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_asks_what_it_says_it_needs(check: str) -> None:
    """No more, and no less."""
    assert asked_in(check, CASES) == set(all_checks()[check].needs)


@pytest.mark.parametrize("check", CHECKS)
def test_a_refused_call_is_unknown(check: str) -> None:
    """Whichever of its calls is denied: UNKNOWN, and the action is named."""
    site = LINKED if check.endswith("privatelink") else GUARDED
    healthy = DbCase(check=check, status=PASS, given=db_ground(), site=site)
    for service, operation in {(service, operation) for service, operation, _ in judge(healthy)[1].asked}:
        given = without(db_ground(), service, operation)
        verdict, _ = judge(DbCase(check=check, status=Status.UNKNOWN, given=given, site=site))
        assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
        assert action_of(service, operation) in verdict.because
