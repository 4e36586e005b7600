"""Security groups and network ACLs between the load balancer, the tasks and the database."""

from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator import acls, fleet, health, reach
from runbook_tui.simulator.app.gate import OPEN, Mode, Way, database_address
from runbook_tui.simulator.world import World
from tests.support.simulated_app import stepped_simulator, tasks

pytestmark = pytest.mark.slow

SERVICE = "asharvi-backend-prod"
FENCED = Way(Mode.BLACKHOLE, cut=True)
FILTERED = Way(Mode.BLACKHOLE)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with stepped_simulator() as simulator:
        yield simulator.world


@pytest.fixture
def task(world: World) -> Any:
    return tasks(world, SERVICE)[0]


@pytest.fixture
def acl(world: World, task: Any) -> Iterator[str]:
    """The network ACL of the task's subnet; what a test writes into it is number 50."""
    subnet = reach.interface_at(world, fleet.address_of(task)).subnet.id
    found = world.call("ec2", "DescribeNetworkAcls", Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])
    identifier = found["NetworkAcls"][0]["NetworkAclId"]
    yield identifier
    for egress in (True, False):
        entries = world.call("ec2", "DescribeNetworkAcls", NetworkAclIds=[identifier])["NetworkAcls"][0]["Entries"]
        if any(each["RuleNumber"] == 50 and each["Egress"] is egress for each in entries):
            world.call("ec2", "DeleteNetworkAclEntry", NetworkAclId=identifier, RuleNumber=50, Egress=egress)


def _write(world: World, acl: str, *, egress: bool, low: int, high: int, cidr: str, action: str = "deny") -> None:
    world.call(
        "ec2",
        "CreateNetworkAclEntry",
        NetworkAclId=acl,
        RuleNumber=50,
        Protocol="6",
        RuleAction=action,
        Egress=egress,
        CidrBlock=cidr,
        PortRange={"From": low, "To": high},
    )


def _reaches(world: World, task: Any) -> bool:
    group = next(each for each in health.groups(world) if each.name == "asharvi-backend-tg-prod")
    return reach.balancer_reaches(world, health.balancer_of(world, group), fleet.address_of(task), 3000)


def test_the_healthy_world_is_open(world: World, task: Any) -> None:
    """From the internet to the load balancer, from there to the task, from there to the database."""
    group = next(each for each in health.groups(world) if each.name == "asharvi-backend-tg-prod")
    assert reach.internet_reaches(world, health.balancer_of(world, group), 443)
    assert not reach.internet_reaches(world, health.balancer_of(world, group), 8443)
    assert _reaches(world, task)
    assert world.gate.way_of(task) == OPEN


def test_a_network_acl_keeps_the_load_balancer_out(world: World, task: Any, acl: str) -> None:
    """On the way in."""
    _write(world, acl, egress=False, low=3000, high=3000, cidr="0.0.0.0/0")
    assert not _reaches(world, task)


def test_a_network_acl_that_swallows_the_answers_does_too(world: World, task: Any, acl: str) -> None:
    """It remembers no connection: the answers to high ports need a rule of their own."""
    _write(world, acl, egress=True, low=1024, high=65_535, cidr="10.20.0.0/16")
    assert not _reaches(world, task)


def test_a_lower_number_wins(world: World, task: Any, acl: str) -> None:
    """An allow at 50 beats whatever stands behind it."""
    _write(world, acl, egress=False, low=3000, high=3000, cidr="0.0.0.0/0", action="allow")
    assert _reaches(world, task)


def test_a_deny_for_others_is_no_matter(world: World, task: Any, acl: str) -> None:
    """Another range, another port."""
    _write(world, acl, egress=True, low=5432, high=5432, cidr="0.0.0.0/0")
    assert _reaches(world, task)
    assert world.gate.way_of(task) == OPEN


def test_a_network_acl_cuts_the_database(world: World, task: Any, acl: str) -> None:
    """New connections and old ones, for the tasks of every subnet that it guards."""
    _write(world, acl, egress=True, low=27_017, high=27_017, cidr="192.168.248.0/21")
    assert world.gate.way_of(task) == FENCED
    assert {world.gate.way_of(each) for each in tasks(world, SERVICE)} == {FENCED}
    assert not world.app.tasks_of(SERVICE)[task.id].connected


def test_a_security_group_spares_what_is_established(world: World, task: Any) -> None:
    """The revoked rule stops new connections; the driver stays connected. A range that does not hold the database
    is no help."""
    groups = world.call("ec2", "DescribeSecurityGroups")["SecurityGroups"]
    app = next(each["GroupId"] for each in groups if each["GroupName"] == "ecs-backend-sg")
    port = {"IpProtocol": "tcp", "FromPort": 27_017, "ToPort": 27_017}
    rule = {"GroupId": app, "IpPermissions": [{**port, "IpRanges": [{"CidrIp": "192.168.248.0/21"}]}]}
    other = {"GroupId": app, "IpPermissions": [{**port, "IpRanges": [{"CidrIp": "192.168.0.0/24"}]}]}
    world.call("ec2", "RevokeSecurityGroupEgress", **rule)
    world.call("ec2", "AuthorizeSecurityGroupEgress", **other)
    way, connected = world.gate.way_of(task), world.app.tasks_of(SERVICE)[task.id].connected
    world.call("ec2", "RevokeSecurityGroupEgress", **other)
    world.call("ec2", "AuthorizeSecurityGroupEgress", **rule)
    assert (way, connected) == (FILTERED, True)
    assert world.gate.way_of(task) == OPEN


def test_a_subnet_without_a_network_acl_is_open(world: World) -> None:
    """As moto leaves one that no VPC owns."""
    assert acls.lets_out(world, "subnet-unknown", database_address(), 27_017)
