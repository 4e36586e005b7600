"""The runbook for scaling, branch by branch on the simulated world."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.audit.verify import verify
from runbook_tui.core.change import Stage
from runbook_tui.core.state import Phase
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.server import Simulator
from tests.support.released import released, running, without_breaker
from tests.support.stepped import CLUSTER, PROD, client, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

WHY = "known"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "scaling")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def target(simulator: Simulator) -> Any:
    asked = {"ServiceNamespace": "ecs", "ResourceIds": [f"service/{CLUSTER}/{PROD}"]}
    (found,) = client(simulator, "application-autoscaling").describe_scalable_targets(**asked)["ScalableTargets"]
    return found


def closed(walker: Walker) -> None:
    assert walker.at == "close"
    walker.confirm(WHY)
    assert walker.state.phase is Phase.FINISHED


def test_more_tasks_run_at_once(walker: Walker, simulator: Simulator) -> None:
    """And autoscaling keeps them; the undo gives the bounds back."""
    before = target(simulator)
    walker.answer("more-now")
    made = walker.change(count="4")
    walker.waited()
    assert target(simulator)["MinCapacity"] == 4
    walker.go_on(WHY)
    walker.acting.undone(made.number)
    assert target(simulator)["MinCapacity"] == before["MinCapacity"]
    walker.settle()
    closed(walker)


@pytest.mark.parametrize("way", ["again", "stop"])
def test_tasks_that_do_not_come(walker: Walker, simulator: Simulator, way: str) -> None:
    """New tasks crash: it is tried again, or left."""
    without_breaker(simulator, PROD)
    released(simulator, PROD, "1.5.0", ImageBehaviour(crash_after=4.0))
    walker.answer("more-now")
    walker.change(count="4")
    walker.timed_out()
    walker.otherwise()
    walker.answer(way)
    assert walker.at == {"again": "scale-out", "stop": "close"}[way]


def test_bounds_are_set(walker: Walker, simulator: Simulator) -> None:
    """What the operator says holds at once."""
    walker.answer("bounds")
    walker.change(lowest="3", highest="9")
    walker.go_on(WHY)
    assert (target(simulator)["MinCapacity"], target(simulator)["MaxCapacity"]) == (3, 9)
    closed(walker)


def test_scaling_in_is_held_and_let_go(walker: Walker, simulator: Simulator, tmp_path: Path) -> None:
    """Two runs: one in the incident, one after it."""
    walker.answer("hold")
    walker.change()
    walker.go_on(WHY)
    assert target(simulator)["SuspendedState"]["DynamicScalingInSuspended"]
    closed(walker)
    after = Walker(simulator, tmp_path / "after", "scaling")
    after.answer("resume")
    after.change()
    after.go_on(WHY)
    assert not target(simulator)["SuspendedState"]["DynamicScalingInSuspended"]
    closed(after)
    after.close()


@pytest.mark.parametrize("way", ["other", "keep", "back"])
def test_tasks_get_another_size(walker: Walker, simulator: Simulator, way: str) -> None:
    """It takes too long: another size, it is right after all, or back."""
    before = running(simulator, PROD)
    walker.answer("size")
    walker.change(cpu="256", memory="512")
    walker.timed_out()
    walker.otherwise()
    assert walker.at == "too-small"
    walker.answer(way)
    if way == "other":
        assert walker.at == "right-size"
        return
    if way == "back":
        walker.change(revision=before.rpartition("/")[2])
        walker.waited()
        walker.go_on(WHY)
        assert running(simulator, PROD) == before
    closed(walker)


def test_a_deployment_is_waited_for(walker: Walker, simulator: Simulator) -> None:
    """Then the choice comes again, and may be none."""
    client(simulator, "ecs").update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True)
    walker.answer("wait")
    walker.waited()
    walker.go_on(WHY)
    walker.answer("choose")
    assert walker.at == "choose"
    walker.answer("nothing")
    closed(walker)


@pytest.mark.parametrize("way", ["more-now", "stop"])
def test_a_deployment_that_does_not_end(walker: Walker, simulator: Simulator, way: str) -> None:
    """Nothing is scaled, unless users suffer."""
    released(simulator, PROD, "1.5.0", ImageBehaviour(crash_after=4.0))
    walker.answer("wait")
    walker.watched()
    walker.otherwise()
    walker.answer(way)
    assert walker.at == {"more-now": "scale-out", "stop": "close"}[way]


def test_thresholds_are_changed(walker: Walker, simulator: Simulator) -> None:
    """One after the other; the alarms have them, and the policies stay."""
    walker.answer("policies")
    walker.answer("out")
    walker.change(kind="step", percent="70")
    walker.go_on(WHY)
    walker.answer("more")
    walker.answer("in")
    walker.change(kind="step", percent="20")
    walker.go_on(WHY)
    alarms = client(simulator, "cloudwatch").describe_alarms(AlarmNames=[f"{PROD}-scale-in", f"{PROD}-scale-out"])
    assert [one["Threshold"] for one in alarms["MetricAlarms"]] == [20.0, 70.0]
    walker.answer("done")
    closed(walker)


def test_what_does_not_scale_at_all(walker: Walker, simulator: Simulator) -> None:
    """Without any policy the checks fail until both directions are set; or it is left."""
    autoscaling = client(simulator, "application-autoscaling")
    place = {"ServiceNamespace": "ecs", "ResourceId": f"service/{CLUSTER}/{PROD}"}
    for one in autoscaling.describe_scaling_policies(**place)["ScalingPolicies"]:
        autoscaling.delete_scaling_policy(
            **place, PolicyName=one["PolicyName"], ScalableDimension="ecs:service:DesiredCount"
        )
    walker.answer("policies")
    walker.answer("out")
    walker.change(kind="step", percent="60")
    walker.otherwise()
    assert walker.at == "policies-again"
    walker.answer("again")
    walker.answer("in")
    walker.change(kind="step", percent="30")
    walker.go_on(WHY)
    walker.answer("more")
    walker.answer("leave")
    closed(walker)


def test_a_threshold_is_left_as_it_is(walker: Walker, simulator: Simulator) -> None:
    """It does not scale in as it should, and somebody is to look after it."""
    client(simulator, "cloudwatch").delete_alarms(AlarmNames=[f"{PROD}-scale-in"])
    walker.answer("policies")
    walker.answer("out")
    assert walker.acting.planned(kind="step", percent="60").stage is Stage.PLANNED
    walker.otherwise()
    walker.answer("leave")
    closed(walker)
