"""The checks of what Atlas itself says, on typed facts."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.database.access_list import Wanted
from checks.database.access_list import judge as judge_list
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.atlas import AccessEntry
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.atlas_raw import ALERTS, alert, atlas, cluster, entry, node, page, restore, schedule, snapshot
from tests.support.database import (
    ATLAS_SITE,
    DYNAMO,
    MIGRATING,
    NAT_IP,
    DbCase,
    asked_in,
    atlas_site,
    but_db,
    db_ground,
    judge,
    refused,
    statement,
)
from tests.support.ground import ECS_SG

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECKS = ("atlas.region", "atlas.access-list", "atlas.backup", "atlas.alerts")
PUBLIC = atlas_site("public")
OF_HOURS = replace(ATLAS_SITE, db=replace(ATLAS_SITE.db, rpo_hours=6))
TASKS = (entry("10.20.10.0/24"), entry("10.20.11.0/24"))
HOURLY = {"frequencyType": "hourly", "frequencyInterval": 6, "retentionUnit": "days", "retentionValue": 2}


def case(check: str, status: Status, *says: str, site: Site = ATLAS_SITE, **answers: Any) -> DbCase:
    return DbCase(
        check=f"atlas.{check}", status=status, given=db_ground(), says=says, site=site, atlas=atlas(**answers)
    )


def listed(status: Status, *says: str, entries: tuple[Any, ...], site: Site = ATLAS_SITE) -> DbCase:
    return case("access-list", status, *says, site=site, access_list=page(*entries))


def asked_people(check: str, status: Status, *says: str, **more: Any) -> DbCase:
    return DbCase(check=check, status=status, given=db_ground(), says=says, **more)


CASES = [
    case("region", PASS, "main is on AWS in AP_SOUTH_1"),
    case("region", PASS, cluster=cluster(node(), node("EU_WEST_1", nodes=0))),
    case("region", FAIL, "EU_WEST_1", "expected AWS AP_SOUTH_1", cluster=cluster(node("EU_WEST_1"))),
    case("region", FAIL, "AZURE", cluster=cluster(node(), node("INDIA_CENTRAL", "AZURE"))),
    case("region", FAIL, "no node", cluster=cluster(replicationSpecs=[])),
    *[
        case(
            "region",
            WARN,
            tier,
            cluster=cluster(node(provider="TENANT", tier=tier, nodes=None, backingProviderName="AWS")),
        )
        for tier in ("M0", "M2", "M5")
    ],
    case("region", WARN, "FLEX", cluster=cluster(node(provider="FLEX", tier="FLEX", backingProviderName="AWS"))),
    listed(PASS, "2 rules", entries=TASKS),
    listed(PASS, "1 rule", entries=(entry(f"123456789012/{ECS_SG}"),)),
    listed(PASS, entries=(entry("10.20.10.0/23"),)),
    listed(PASS, entries=(entry(f"{NAT_IP}/32"),), site=PUBLIC),
    listed(PASS, entries=(entry(NAT_IP),), site=PUBLIC),
    listed(FAIL, "every address", entries=(*TASKS, entry("0.0.0.0/0"))),
    listed(FAIL, "every address", entries=(*TASKS, entry("0.0.0.0/1"), entry("128.0.0.0/1"))),
    listed(FAIL, "does not let in 10.20.11.0/24", entries=TASKS[:1]),
    listed(FAIL, "does not let in", entries=(), site=PUBLIC),
    listed(FAIL, "does not let in", NAT_IP, entries=(entry(ECS_SG),), site=PUBLIC),
    listed(WARN, "whole VPC", entries=(entry("10.20.0.0/16"),)),
    listed(WARN, "more than the tasks", "198.51.100.0/24", entries=(*TASKS, entry("198.51.100.0/24"))),
    listed(WARN, "more than the tasks", "sg-other", entries=(*TASKS, entry("sg-other"))),
    listed(WARN, "no NAT gateway has 198.51.100.9", entries=(entry(NAT_IP), entry("198.51.100.9")), site=PUBLIC),
    listed(WARN, "by itself", entries=(TASKS[0], {**TASKS[1], "deleteAfterDate": "2026-12-01T00:00:00Z"})),
    listed(SKIP, "needs no entry", entries=(), site=atlas_site("privatelink")),
    case("backup", PASS, "main is fresh"),
    case("backup", PASS, site=OF_HOURS, schedule=schedule(HOURLY)),
    case("backup", PASS, site=OF_HOURS, cluster=cluster(pitEnabled=True)),
    case("backup", FAIL, "are off", cluster=cluster(backupEnabled=False)),
    case("backup", FAIL, "schedule of main is empty", schedule={"policies": [{"policyItems": []}]}),
    case("backup", WARN, "27 h old", snapshots=page(snapshot(27), snapshot(1, "inProgress"))),
    case("backup", WARN, "no snapshot yet", snapshots=page()),
    case("backup", WARN, "up to 24 h may be lost", "allows 6 h", site=OF_HOURS),
    case("backup", WARN, "no restore was tried as far as", restores=page()),
    case("backup", WARN, "no restore was tried since 2026-05-", restores=page(restore(200))),
    case("backup", WARN, "no restore", restores=page(restore(1, failed=True), restore(1, deliveryType="download"))),
    case("alerts", PASS, "4 alerts"),
    case("alerts", PASS, alerts=page(alert("PRIMARY_ELECTED"), *ALERTS[1:])),
    case("alerts", WARN, "told of replication lag", alerts=page(*ALERTS[:3])),
    case("alerts", WARN, "told of disk", alerts=page(*ALERTS[:2], {**ALERTS[2], "enabled": False}, ALERTS[3])),
    case("alerts", FAIL, "none of the wanted alerts", alerts=page()),
    case("alerts", FAIL, "1 go to nobody", alerts=page(alert("NO_PRIMARY", notifications=[]))),
    case("alerts", FAIL, "none of the wanted", alerts=page(alert("HOST_DOWN"))),
    *[asked_people(check, UNKNOWN, "nobody has attested") for check in CHECKS],
    *[asked_people(check, WARN, "attested by", stated=statement(check)) for check in CHECKS],
    *[asked_people(check, UNKNOWN, "expired", stated=statement(check, expires=date(2026, 11, 1))) for check in CHECKS],
    *[asked_people(check, SKIP, "DynamoDB", site=DYNAMO) for check in CHECKS],
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_the_project_gets_its_verdict(one: DbCase) -> None:
    """Every clause of a row: PASS, each FAIL, each WARN and each SKIP, and what people say where there is no key."""
    verdict, _ = judge(one)
    assert verdict.status == one.status, verdict.because
    for part in one.says:
        assert part in verdict.because
    assert verdict.remedy or one.status in (PASS, SKIP)


@pytest.mark.parametrize("check", CHECKS)
def test_needs_are_what_is_asked_of_aws(check: str) -> None:
    """A key of Atlas is no IAM action."""
    assert asked_in(check, CASES) == set(all_checks()[check].needs)


@pytest.mark.parametrize("check", CHECKS)
def test_during_a_migration_atlas_is_asked_too(check: str) -> None:
    """Both databases are in use then."""
    site = atlas_site(base=MIGRATING)
    assert judge(DbCase(check=check, status=PASS, given=db_ground(), site=site, atlas=atlas()))[0].status is PASS


@pytest.mark.parametrize("check", CHECKS)
def test_a_refused_key_is_unknown(check: str) -> None:
    """Whichever answer is refused."""
    for path in atlas():
        given = {**atlas(), path: refused()}
        verdict, _ = judge(DbCase(check=check, status=UNKNOWN, given=db_ground(), site=ATLAS_SITE, atlas=given))
        assert verdict.status is PASS or (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    everything = dict.fromkeys(atlas(), refused())
    verdict, _ = judge(DbCase(check=check, status=UNKNOWN, given=db_ground(), site=ATLAS_SITE, atlas=everything))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)


def test_a_cluster_that_is_not_there() -> None:
    """One check reports it, the other is blocked by that one."""
    gone = dict.fromkeys(atlas(), Missing("atlas:cluster", "main"))
    region, backup = (
        judge(DbCase(check=check, status=FAIL, given=db_ground(), site=ATLAS_SITE, atlas=gone))[0]
        for check in ("atlas.region", "atlas.backup")
    )
    assert (region.status, backup.status, backup.blocked_by) == (FAIL, SKIP, "atlas.region")


def test_who_tried_a_restore_may_say_so() -> None:
    """Atlas forgets its restore jobs; an operator's statement stands in for them."""
    given = atlas(restores=page())
    one = DbCase(
        check="atlas.backup", status=PASS, given=db_ground(), site=ATLAS_SITE, atlas=given, stated=statement("x")
    )
    assert judge(one)[0].status is PASS


def test_no_nat_gateway_that_works() -> None:
    """Tasks that leave by no address cannot be listed."""
    gone = but_db(describe_nat_gateways={"NatGateways": [{"NatGatewayId": "nat-1", "State": "deleted"}]})
    verdict, _ = judge(DbCase(check="atlas.access-list", status=FAIL, given=gone, site=PUBLIC, atlas=atlas()))
    assert verdict.status is FAIL
    assert "no NAT gateway" in verdict.because


CIDRS = st.builds(
    lambda third, prefix: f"10.20.{third & (256 - (1 << (24 - prefix)))}.0/{prefix}",
    st.integers(0, 255),
    st.integers(17, 24),
)


@given(st.lists(CIDRS, max_size=6), st.lists(CIDRS, min_size=1, max_size=3, unique=True))
def test_an_access_list_is_a_set_of_addresses(entries: list[str], wanted: list[str]) -> None:
    """What is wanted is never wider; each address stands in the verdict as the sets say."""
    found = judge_list((AccessEntry(cidr_block=one) for one in entries), Wanted(cidrs=tuple(wanted)))
    both = judge_list((AccessEntry(cidr_block=one) for one in (*entries, *wanted)), Wanted(cidrs=tuple(wanted)))
    assert both.uncovered == ()
    assert both.wider == found.wider
    assert not {*found.wider} & {*wanted}
    assert {*found.uncovered} <= {*wanted} - {*entries}
