"""How many tasks run and between which bounds: changed, taken back, refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.stepped import CLUSTER, PROD, advance, client, stepped
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = pytest.mark.slow

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{PROD}",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture(scope="module")
def kit(simulator: Simulator) -> Kit:
    return Kit(load_site(simulator.site_path))


def bounds(simulator: Simulator) -> Any:
    asked = {"ServiceNamespace": "ecs", "ResourceIds": [TARGET["ResourceId"]]}
    found = client(simulator, "application-autoscaling").describe_scalable_targets(**asked)["ScalableTargets"]
    return [(one["MinCapacity"], one["MaxCapacity"], one["SuspendedState"]) for one in found]


def desired(simulator: Simulator) -> int:
    services = client(simulator, "ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"]
    count: int = services[0]["desiredCount"]
    return count


def test_bounds_are_set_and_taken_back(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """What was suspended stays suspended."""
    inputs = {"lowest": "3", "highest": "9"}
    made_and_undone(kit, tmp_path, "ecs.set-scaling-bounds", lambda: bounds(simulator), inputs)


def test_scaling_in_is_suspended_and_resumed(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """For the time of an incident nothing is taken away."""
    made_and_undone(kit, tmp_path, "ecs.suspend-scale-in", lambda: bounds(simulator))


def test_a_service_without_autoscaling_gets_it(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """The undo leaves it without again."""
    autoscaling = client(simulator, "application-autoscaling")
    autoscaling.deregister_scalable_target(**TARGET)
    inputs = {"lowest": "2", "highest": "6"}
    made_and_undone(kit, tmp_path, "ecs.set-scaling-bounds", lambda: bounds(simulator), inputs)
    autoscaling.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=6)


def test_bounds_that_somebody_else_set_are_not_overwritten(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """Between the plan and its confirmation another hand was at it."""
    autoscaling = client(simulator, "application-autoscaling")
    refused_when_moved(
        kit,
        tmp_path,
        "ecs.set-scaling-bounds",
        lambda: autoscaling.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=7),
        {"lowest": "3", "highest": "9"},
    )
    autoscaling.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=6)


def test_scaling_out_raises_the_bounds_and_its_undo_leaves_the_count(
    simulator: Simulator, kit: Kit, tmp_path: Path
) -> None:
    """Above the highest: both bounds rise; the undo brings them back, and the count only as far as they ask."""
    before = bounds(simulator)
    acting = Acting(kit, tmp_path, one_step("ecs.scale-out"), "prod")
    made = acting.made(acting.planned(count="8"))
    assert made.stage is Stage.DONE, made.reason
    assert made.plan is not None
    assert [call.operation for call in made.plan.calls] == ["register_scalable_target", "update_service"]
    assert bounds(simulator)[0][:2] == (8, 8)
    assert desired(simulator) == 8
    assert acting.undone().stage is Stage.DONE
    assert bounds(simulator) == before
    assert desired(simulator) == before[0][1] == 6
    acting.close()


@pytest.mark.parametrize(
    ("action", "inputs", "says"),
    [
        ("ecs.scale-out", {"count": "1"}, "wanted already"),
        ("ecs.scale-out", {"count": "many"}, "no number"),
        ("ecs.set-scaling-bounds", {"lowest": "4", "highest": "4"}, "nothing to scale to"),
        ("ecs.set-scaling-bounds", {"lowest": "1", "highest": "4"}, "one task"),
    ],
)
def test_what_makes_no_sense_is_not_planned(
    kit: Kit, tmp_path: Path, action: str, inputs: dict[str, str], says: str
) -> None:
    """Fewer tasks than now, no number, bounds without room, one task in production."""
    acting = Acting(kit, tmp_path, one_step(action), "prod")
    change = acting.planned(**inputs)
    assert change.stage is Stage.REFUSED
    assert says in change.reason
    acting.close()


def test_the_world_settles_after_it(simulator: Simulator) -> None:
    """The tasks that were asked for run."""
    advance(simulator.world, 300)
    services = client(simulator, "ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"]
    assert services[0]["runningCount"] == desired(simulator)
