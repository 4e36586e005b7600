"""The network of the guide, built in a fresh account by the product's own changes, in the order of its setup."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.seed.peering import ask
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.inside import Inside
from tests.support.network_look import look
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow

VPC = (
    "ec2.create-vpc",
    "ec2.turn-dns-on",
    "ec2.attach-internet-gateway",
    "ec2.create-public-subnets",
    "ec2.create-private-subnets",
    "ec2.create-nat-gateways",
)
GROUPS = (
    "ec2.create-security-groups",
    "ec2.open-balancer",
    "ec2.close-balancer",
    "ec2.lead-balancer-to-tasks",
    "ec2.open-tasks",
    "ec2.close-tasks",
    "ec2.let-tasks-out-to-aws",
    "ec2.let-tasks-out-to-database",
    "ec2.let-tasks-out-to-mail",
    "ec2.stop-tasks-going-anywhere",
)
ENDPOINTS = (
    "ec2.open-endpoints",
    "ec2.create-endpoints",
    "ec2.create-s3-endpoint",
    "ec2.turn-private-dns-on",
    "ec2.add-endpoint-subnets",
)
PEERING = ("ec2.accept-peering", "ec2.route-to-atlas")
ALREADY_SO = frozenset(
    {
        "ec2.turn-dns-on",
        "ec2.close-balancer",
        "ec2.close-tasks",
        "ec2.turn-private-dns-on",
        "ec2.add-endpoint-subnets",
    }
)
NOT_WANTED = frozenset({"ec2.create-nat-gateways", "ec2.let-tasks-out-to-mail"})
# These two ask for the load balancer's listeners, and a load balancer comes later.
LATER = {"sg.alb.ingress-80"}


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped("empty") as simulator:
        yield Inside(simulator)


@pytest.fixture
def acting(inside: Inside, tmp_path: Path) -> Iterator[Acting]:
    walking = Acting(Kit(load_site(inside.simulator.site_path)), tmp_path, one_step(VPC[0]), "prod")
    yield walking
    walking.close()


def _carry_out(acting: Acting, *actions: str, idle: frozenset[str] = ALREADY_SO) -> None:
    for action in actions:
        change = acting.planned(action)
        assert change.stage is Stage.PLANNED, (action, change.reason, change.remedy)
        assert change.plan is not None
        assert change.plan.idle == (action in idle), (action, change.plan.differences)
        if not change.plan.idle:
            made = acting.made(change)
            assert made.stage is Stage.DONE, (action, made.reason, made.calls)


def _checked(acting: Acting, *prefixes: str) -> dict[str, tuple[Status, str]]:
    checks = acting.kit.checks
    checks.begin_sweep()
    found = {name: checks.run(name, "prod") for name in all_checks() if name.startswith(prefixes)}
    return {
        name: (verdict.status, verdict.because)
        for name, verdict in found.items()
        if verdict.status not in (Status.PASS, Status.SKIP)
    }


def _ask_for_peering(inside: Inside) -> None:
    ec2 = inside.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    with inside.world.lock:
        ask(inside.world, vpc["VpcId"])


def test_the_whole_network_comes_and_goes(acting: Acting, inside: Inside) -> None:
    """Built, checked, idle in a second round, and taken back change by change to the account as it was found."""
    ec2 = inside.client("ec2")
    before = look(ec2)
    _carry_out(acting, *VPC)
    assert _checked(acting, "net.vpc", "net.subnets", "net.igw", "net.nat", "net.nacl") == {}
    _carry_out(acting, *GROUPS)
    _carry_out(acting, *ENDPOINTS)
    assert {name: told for name, told in _checked(acting, "net.", "sg.", "vpce.").items() if name not in LATER} == {}
    _ask_for_peering(inside)
    _carry_out(acting, *PEERING)
    assert _checked(acting, "atlas.connectivity", "atlas.dns-peering") == {}
    _second_round(acting, *VPC, *GROUPS, *ENDPOINTS, *PEERING)
    _undo_all(acting)
    after = look(ec2)
    assert {part: told for part, told in after.items() if told != before[part] and part != "peerings"} == {}
    assert {code for _, code in after["peerings"]} == {"deleted"}


def test_a_network_without_the_internet(inside: Inside, tmp_path: Path) -> None:
    """No mail, DynamoDB, every endpoint required: no NAT gateway is made, and it comes and goes as well."""
    guide = load_site(inside.simulator.site_path)
    site = replace(
        guide,
        app=replace(guide.app, smtp_host_kind="none"),
        db=replace(guide.db, kind="dynamodb"),
        net=replace(guide.net, endpoints="required", vpc_name="quiet-vpc"),
    )
    ec2, actions = inside.client("ec2"), (*VPC, *GROUPS, *ENDPOINTS, "ec2.create-dynamodb-endpoint")
    before = look(ec2)
    acting = Acting(Kit(site), tmp_path, one_step(VPC[0]), "prod")
    try:
        _carry_out(acting, *actions, idle=ALREADY_SO | NOT_WANTED)
        found = _checked(acting, "net.", "sg.", "vpce.", "dynamo.endpoint")
        assert {name: told for name, told in found.items() if name not in LATER} == {}
        _second_round(acting, *actions)
        _undo_all(acting)
    finally:
        acting.close()
    assert look(ec2) == before


def _undo_all(acting: Acting) -> None:
    while acting.state.undo_stack:
        undone = acting.undone()
        assert undone.stage is Stage.DONE, (undone.action, undone.reason, undone.calls)


def _second_round(acting: Acting, *actions: str) -> None:
    for action in actions:
        again = acting.planned(action)
        assert again.plan is not None, (action, again.reason)
        assert again.plan.idle, (action, again.plan.differences)
