"""The same seed tells the same story."""

from datetime import UTC, datetime

import pytest

from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from tests.support import ecs_stage
from tests.support.ecs_stage import Staged
from tests.support.stepped import CLUSTER, PROD, advance

pytestmark = pytest.mark.slow

_BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _story(seed: int) -> list[tuple[str, str]]:
    with Simulator(clock=Clock(lambda: _BEGAN, speed=0), seed=seed) as simulator:
        world = simulator.world
        service = Staged(world, PROD, "")
        service.update(taskDefinition=ecs_stage.register(world, PROD, "9.9.9"))
        advance(world, 1800)
        tasks = [*service.tasks(), *service.tasks("STOPPED")]
        events = [(str(each["createdAt"]), str(each["message"])) for each in service.described()["events"]]
        stopped = [(str(each["createdAt"]), str(each.get("stoppedReason"))) for each in tasks]
        releases = world.call("ecs", "ListServiceDeployments", cluster=CLUSTER, service=PROD)["serviceDeployments"]
        return [*events, *stopped, *((str(each["createdAt"]), each["serviceDeploymentArn"]) for each in releases)]


def test_the_same_seed_tells_the_same_story() -> None:
    """Times, names and reasons; another seed tells another."""
    first, second, other = _story(7), _story(7), _story(8)
    assert first == second
    assert first != other
