"""Changes of the network that would do harm, or make no sense now, are refused with the reason; and those that the site
does not want change nothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest

from runbook_tui.aws.errors import AwsProblem
from runbook_tui.catalogue.actions import CannotPlan, Inputs, all_actions
from runbook_tui.core.plan import Plan
from runbook_tui.simulator.names import SITE
from runbook_tui.wiring.kit import Kit
from tests.support.changes import close, group_id, permission, subnet_id
from tests.support.forks import Forks, forks
from tests.support.network_cases import CASES
from tests.support.standing import Standing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

Break = Callable[[Standing], object]
ALB, ECS, ENDPOINTS = SITE.net.sg_alb, SITE.net.sg_ecs, "vpce-backend-sg"


@pytest.fixture(scope="module")
def healthy() -> Iterator[Forks]:
    with forks() as ready:
        yield ready


def _plan(world: Standing, action: str) -> Plan:
    site = world.site
    fresh = Kit(site).checks.connection().apart()
    return all_actions()[action].plan(fresh, site, site.environment("prod"), Inputs({}))


def _only(group: str, port: int, *, egress: bool = False) -> Break:
    """The rule for this port becomes one for all traffic."""

    def change(world: Standing) -> None:
        close(world, group, port, egress=egress)
        ec2, rule = world.client("ec2"), permission("-1", 0)
        add = ec2.authorize_security_group_egress if egress else ec2.authorize_security_group_ingress
        add(GroupId=group_id(world, group), IpPermissions=[rule])

    return change


def _no_endpoint_and(break_: Break) -> Break:
    def change(world: Standing) -> None:
        CASES["no endpoint of the logs"].broken(world)
        break_(world)

    return change


def _stranger(world: Standing) -> None:
    subnet = subnet_id(world, SITE.net.private_subnets[0])
    world.client("ec2").create_network_interface(SubnetId=subnet, Description="cache of the front end")


def _rival(world: Standing) -> None:
    ec2 = world.client("ec2")
    where = [{"Name": "association.subnet-id", "Values": [subnet_id(world, SITE.net.private_subnets[0])]}]
    table = ec2.describe_route_tables(Filters=where)["RouteTables"][0]["RouteTableId"]
    gateway = ec2.describe_nat_gateways()["NatGateways"][0]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.168.250.0/24", NatGatewayId=gateway)


def _peering_deleted(world: Standing) -> None:
    ec2 = world.client("ec2")
    (found,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=found["VpcPeeringConnectionId"])


def _site(**values: Any) -> Break:
    return lambda world: world.change_site("net", **values)


REFUSED: Final[Mapping[str, tuple[str, Break, str]]] = {
    "an id that is not there": ("ec2.create-vpc", _site(vpc_id="vpc-0123456789abcdef0"), "not found"),
    "a range of Atlas's": ("ec2.create-vpc", _site(vpc_name="other", cidr="192.168.0.0/16"), "no route could tell"),
    "no gateway": ("ec2.create-public-subnets", CASES["gateway gone"].broken, "no internet gateway"),
    "two subnets of a zone": (
        "ec2.create-public-subnets",
        _site(public_subnets=(SITE.net.public_subnets[0], SITE.net.private_subnets[0])),
        "are in one zone",
    ),
    "443 by all traffic": ("ec2.close-balancer", _only(ALB, 443), "would be closed"),
    "tasks by all traffic": ("ec2.close-tasks", _only(ECS, SITE.app.port), "by these rules alone"),
    "mail by all traffic": ("ec2.stop-tasks-going-anywhere", _only(ECS, 587, egress=True), "tcp 587"),
    "AWS by all traffic": ("ec2.stop-tasks-going-anywhere", _only(ECS, 443, egress=True), "tcp 443"),
    "endpoints that are shut": (
        "ec2.create-endpoints",
        _no_endpoint_and(CASES["endpoints shut"].broken),
        "does not let the tasks in",
    ),
    "endpoints without names": (
        "ec2.create-endpoints",
        _no_endpoint_and(CASES["no host names"].broken),
        "both DNS attributes",
    ),
    "somebody else in the VPC": ("ec2.create-endpoints", _no_endpoint_and(_stranger), "would lose these services"),
    "nothing to accept": ("ec2.accept-peering", _peering_deleted, "waits to be accepted"),
    "a part of Atlas elsewhere": ("ec2.route-to-atlas", _rival, "a part of"),
    "no DynamoDB": ("ec2.create-dynamodb-endpoint", lambda _world: None, "does not use DynamoDB"),
}
IDLE: Final[Mapping[str, tuple[str, Break]]] = {
    "no NAT gateway wanted": ("ec2.create-nat-gateways", _site(nat="none")),
    "one NAT gateway wanted": ("ec2.create-nat-gateways", _site(nat_per_az=False)),
    "no endpoints wanted": ("ec2.create-endpoints", _site(endpoints="off")),
    "no redirect wanted": ("ec2.open-balancer", _site(allow_http_redirect=False)),
    "the default": ("ec2.stop-tasks-going-anywhere", lambda _world: None),
}


def _refused(world: Standing, name: str) -> tuple[str, str]:
    action, break_, _ = REFUSED[name]
    break_(world)
    try:
        plan = _plan(world, action)
    except (CannotPlan, AwsProblem) as problem:
        return problem.what, problem.remedy
    return f"planned: {[call.operation for call in plan.calls]}", ""


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_remedy(healthy: Forks, name: str) -> None:
    """Nothing is planned, and what to do instead is told."""
    what, remedy = healthy.ask(_refused, name)
    assert REFUSED[name][2] in what
    assert remedy


def _calls(world: Standing, name: str) -> list[str]:
    action, break_ = IDLE[name]
    break_(world)
    return [call.operation for call in _plan(world, action).calls]


@pytest.mark.parametrize("name", IDLE)
def test_it_changes_nothing(healthy: Forks, name: str) -> None:
    """What the site does not want is not made, and what is there already not again."""
    assert healthy.ask(_calls, name) == []


def _choices(world: Standing) -> dict[str, list[Any]]:
    """Plans for sites that choose otherwise."""
    world.change_site("net", endpoints="off")
    to_aws = _plan(world, "ec2.let-tasks-out-to-aws")
    world.change_site("net", endpoints="recommended", allow_http_redirect=False, alb_allowed_cidrs=("203.0.113.0/24",))
    opened, closed = _plan(world, "ec2.open-balancer"), None
    try:
        _plan(world, "ec2.close-balancer")
    except CannotPlan as problem:
        closed = problem.what
    return {
        "aws": [one.after for one in to_aws.differences],
        "opened": [one.after for one in opened.differences],
        "closed": [closed],
    }


def test_rules_follow_the_choices_of_the_site(healthy: Forks) -> None:
    """Without endpoints AWS is reached anywhere; who is let in is who the site names, opened before others are shut."""
    assert healthy.ask(_choices) == {
        "aws": ["tcp 443 · 0.0.0.0/0"],
        "opened": ["tcp 443 · 203.0.113.0/24"],
        "closed": ["without the other rules tcp 443 · 203.0.113.0/24 would be closed"],
    }
