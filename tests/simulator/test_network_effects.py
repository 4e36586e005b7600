"""What changes of the network do to the application's database: connections that live on, and those that are cut."""

from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator import faults
from runbook_tui.simulator.world import World
from tests.support.stepped import CLUSTER, advance, connected, private_subnets, stepped

pytestmark = pytest.mark.slow

DATABASE = "192.168.248.0/21"


@pytest.fixture(scope="module")
def healthy() -> Iterator[World]:
    with stepped() as simulator:
        yield simulator.world


@pytest.fixture
def world(healthy: World) -> Iterator[World]:
    """As it was again for the next test: every fault ended, every connection open."""
    yield healthy
    for name in list(healthy.undo):
        faults.clear_fault(healthy, name)
    advance(healthy, 600)
    assert set(connected(healthy).values()) == {True}


def _replace(world: World, task: str) -> set[str]:
    """Stops a task and returns the ids of those that have taken its place, or another's, and run."""
    before = set(connected(world))
    world.call("ecs", "StopTask", cluster=CLUSTER, task=task, reason="practice")
    advance(world, 60)
    new = set(connected(world)) - before
    assert new
    return new


def _acl(world: World, subnet: str) -> Any:
    filters = [{"Name": "association.subnet-id", "Values": [subnet.rpartition("/")[2]]}]
    return world.call("ec2", "DescribeNetworkAcls", Filters=filters)["NetworkAcls"][0]


def _deny(world: World, acl: str, *, egress: bool, first: int, last: int) -> Iterator[None]:
    rule = {"NetworkAclId": acl, "RuleNumber": 7, "Egress": egress}
    ports = {"PortRange": {"From": first, "To": last}}
    world.call("ec2", "CreateNetworkAclEntry", **rule, Protocol="6", RuleAction="deny", CidrBlock=DATABASE, **ports)
    yield
    world.call("ec2", "DeleteNetworkAclEntry", **rule)


def test_a_revoked_egress_rule_leaves_open_connections_alone(world: World) -> None:
    """The outage comes with the next task: security groups are stateful."""
    faults.set_fault(world, "sg-egress-db-closed")
    advance(world, 20 * 60)
    old = connected(world)
    assert list(old.values()) == [True, True]
    new = _replace(world, next(iter(old)))
    assert {connected(world)[each] for each in new} == {False}


@pytest.mark.parametrize(("egress", "first", "last"), [(True, 27017, 27017), (False, 1024, 65535)])
def test_a_denying_network_acl_cuts_open_connections_at_once(
    world: World, *, egress: bool, first: int, last: int
) -> None:
    """On the way out, and just so on the way back: network ACLs are stateless."""
    acl = _acl(world, private_subnets(world)[0])["NetworkAclId"]
    denied = _deny(world, acl, egress=egress, first=first, last=last)
    next(denied)
    assert list(connected(world).values()) == [False, False]
    next(denied, None)
    assert list(connected(world).values()) == [True, True]


def test_rules_apply_in_the_order_of_their_numbers(world: World) -> None:
    """A deny behind an allow changes nothing."""
    acl = _acl(world, private_subnets(world)[0])["NetworkAclId"]
    rule = {"NetworkAclId": acl, "RuleNumber": 200, "Egress": True}
    world.call("ec2", "CreateNetworkAclEntry", **rule, Protocol="-1", RuleAction="deny", CidrBlock=DATABASE)
    assert list(connected(world).values()) == [True, True]
    world.call("ec2", "DeleteNetworkAclEntry", **rule)


def test_a_new_network_acl_denies_everything(world: World) -> None:
    """So does a subnet that is put behind it before its rules are written."""
    subnet = private_subnets(world)[0]
    former = _acl(world, subnet)
    made = world.call("ec2", "CreateNetworkAcl", VpcId=former["VpcId"])["NetworkAcl"]
    assert sorted((each["Egress"], each["RuleNumber"], each["RuleAction"]) for each in made["Entries"]) == [
        (False, 32767, "deny"),
        (True, 32767, "deny"),
    ]
    identifier = next(
        each["NetworkAclAssociationId"]
        for each in former["Associations"]
        if each["SubnetId"] == subnet.rpartition("/")[2]
    )
    where = {"AssociationId": identifier, "NetworkAclId": made["NetworkAclId"]}
    identifier = world.call("ec2", "ReplaceNetworkAclAssociation", **where)["NewAssociationId"]
    assert sorted(connected(world).values()) == [False, True], "one task in each zone"
    where = {"AssociationId": identifier, "NetworkAclId": former["NetworkAclId"]}
    world.call("ec2", "ReplaceNetworkAclAssociation", **where)
    world.call("ec2", "DeleteNetworkAcl", NetworkAclId=made["NetworkAclId"])


def test_routes_to_a_deleted_nat_gateway_are_black_holes(world: World) -> None:
    """The API says so; the database is reached by the peering connection, as before."""
    faults.set_fault(world, "nat-gone")
    tables = world.call(
        "ec2", "DescribeRouteTables", Filters=[{"Name": "route.destination-cidr-block", "Values": ["0.0.0.0/0"]}]
    )
    states = {route["State"] for table in tables["RouteTables"] for route in table["Routes"] if "NatGatewayId" in route}
    assert states == {"blackhole"}
    assert list(connected(world).values()) == [True, True]


def test_routes_to_a_deleted_peering_connection_are_black_holes(world: World) -> None:
    """The API says so, and nothing passes to the database."""
    (found,) = world.call("ec2", "DescribeVpcPeeringConnections")["VpcPeeringConnections"]
    world.call("ec2", "DeleteVpcPeeringConnection", VpcPeeringConnectionId=found["VpcPeeringConnectionId"])
    tables = world.call("ec2", "DescribeRouteTables")["RouteTables"]
    states = [route["State"] for table in tables for route in table["Routes"] if "VpcPeeringConnectionId" in route]
    assert states == ["blackhole", "blackhole"]
    assert list(connected(world).values()) == [False, False]
    world.backend("ec2").vpc_pcxs[found["VpcPeeringConnectionId"]]._status.accept()  # no call brings one back
    world.changed()


def test_a_task_that_was_replaced_is_out_of_the_black_hole(world: World) -> None:
    """FIS blackholes the tasks that it found at its start, and nobody else."""
    old = list(connected(world))
    lift = world.gate.block("blackhole", cut=True, tasks=old)
    assert list(connected(world).values()) == [False, False]
    new = _replace(world, old[0])
    assert {connected(world)[each] for each in new} == {True}
    lift()
