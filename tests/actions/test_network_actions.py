"""Changes of the network on the healthy world: one thing is broken, put right, and taken back."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.core.change import Stage
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.seed.peering import ask
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.changes import vpc_id
from tests.support.forks import Forks, forks
from tests.support.network_cases import CASES
from tests.support.network_look import Look, look
from tests.support.standing import Standing
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def healthy() -> Iterator[Forks]:
    with forks() as ready:
        yield ready


def _put_right(world: Standing, name: str) -> tuple[list[Status], list[str]]:
    """What the check says before the change, after it and after its undo; the calls that were made."""
    case, ec2, said = CASES[name], world.client("ec2"), list[Status]()
    case.broken(world)
    kit = Kit(world.site)

    def looked() -> Look:
        kit.checks.begin_sweep()
        said.append(kit.checks.run(case.fixes, "prod").status)
        return look(ec2)

    with tempfile.TemporaryDirectory() as folder:
        made = made_and_undone(kit, Path(folder), case.action, looked)
        refused_when_moved(kit, Path(folder), case.action, lambda: _faster(kit, case.action))
    assert made.plan is not None
    return said, [call.operation for call in made.plan.calls]


def _faster(kit: Kit, action: str) -> None:
    """Another hand makes the same change."""
    with tempfile.TemporaryDirectory() as folder:
        other = Acting(kit, Path(folder), one_step(action), "prod", "faster")
        try:
            assert other.made(other.planned()).stage is Stage.DONE
        finally:
            other.close()


@pytest.mark.parametrize("name", CASES)
def test_it_is_put_right_and_taken_back(healthy: Forks, name: str) -> None:
    """The check passes by exactly these calls, the undo leaves all as it was, and whoever is slower is refused."""
    (broken, mended, again), calls = healthy.ask(_put_right, name)
    assert broken in (Status.FAIL, Status.WARN)
    assert (mended, again) == (Status.PASS, broken)
    assert calls == list(CASES[name].calls)


def _accepted(world: Standing) -> tuple[list[Status], str, list[str]]:
    ec2 = world.client("ec2")
    (found,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=found["VpcPeeringConnectionId"])
    own = vpc_id(world)
    with world.world.lock:
        new = ask(world.world, own)
    kit, action = Kit(world.site), "ec2.accept-peering"
    said = [kit.checks.run("atlas.connectivity.peering", "prod").status]
    with tempfile.TemporaryDirectory() as folder:
        acting = Acting(kit, Path(folder), one_step(action), "prod")
        try:
            change = acting.made(acting.planned())
            kit.checks.begin_sweep()
            said.append(kit.checks.run("atlas.connectivity.peering", "prod").status)
            assert acting.undone().stage is Stage.DONE
        finally:
            acting.close()
    known = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    states = {one["VpcPeeringConnectionId"]: one["Status"]["Code"] for one in known}
    assert change.plan is not None
    return said, states[new], list(change.plan.warnings)


def test_a_peering_connection_is_accepted_once(healthy: Forks) -> None:
    """It is active afterwards; its undo ends it for good, of which the plan warns."""
    said, state, warnings = healthy.ask(_accepted)
    assert said == [Status.WARN, Status.PASS]
    assert state == "deleted"
    assert "Atlas must ask for a new one" in warnings[0]


def _out_of_a_black_hole(world: Standing) -> tuple[list[Status], list[str], list[str]]:
    ec2 = world.client("ec2")
    for one in ec2.describe_nat_gateways()["NatGateways"]:
        ec2.delete_nat_gateway(NatGatewayId=one["NatGatewayId"])
    kit, said = Kit(world.site), list[Status]()
    with tempfile.TemporaryDirectory() as folder:
        acting = Acting(kit, Path(folder), one_step("ec2.create-nat-gateways"), "prod")
        try:
            change = acting.made(acting.planned())
            said.append(kit.checks.run("net.nat.need", "prod").status)
            undone = acting.undone()
        finally:
            acting.close()
    assert change.plan is not None
    assert undone.plan is not None
    return said, [call.operation for call in change.plan.calls], [call.operation for call in undone.plan.calls]


def test_a_route_is_led_out_of_a_black_hole(healthy: Forks) -> None:
    """Both gateways are made anew; AWS takes no route back to one that is gone, so the undo takes the routes out."""
    said, made, undone = healthy.ask(_out_of_a_black_hole)
    assert said == [Status.PASS]
    assert made == ["allocate_address", "create_nat_gateway"] * 2 + ["replace_route"] * 2
    assert undone == ["delete_route"] * 2 + ["delete_nat_gateway", "release_address"] * 2
