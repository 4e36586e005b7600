"""Tasks of another size: planned, made, taken back, refused."""

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


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture(scope="module")
def kit(simulator: Simulator) -> Kit:
    return Kit(load_site(simulator.site_path))


def look(simulator: Simulator) -> Any:
    ecs = client(simulator, "ecs")
    service = ecs.describe_services(cluster=CLUSTER, services=[PROD])["services"][0]
    found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return found["cpu"], found["memory"], service["taskDefinition"], service["desiredCount"]


def test_a_size_is_changed_and_taken_back(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """The container's own bounds follow the task's."""
    cpu, memory, present, _ = look(simulator)
    wanted = {"cpu": "2048", "memory": "8192"}
    assert (cpu, memory) != (wanted["cpu"], wanted["memory"])
    made = made_and_undone(kit, tmp_path, "ecs.right-size", lambda: look(simulator), wanted)
    assert made.plan is not None
    register = made.plan.call("register").parameters
    assert (register["cpu"], register["memory"]) == ("2048", "8192")
    former = client(simulator, "ecs").describe_task_definition(taskDefinition=present)["taskDefinition"]
    for now, then in zip(register["containerDefinitions"], former["containerDefinitions"], strict=True):
        if then.get("memory"):
            assert now["memory"] - then["memory"] == 8192 - int(memory)
    advance(simulator.world, 900)


def test_a_deployment_that_began_meanwhile_refuses_it(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """Between the plan and its confirmation somebody deployed."""
    ecs = client(simulator, "ecs")
    refused_when_moved(
        kit,
        tmp_path,
        "ecs.right-size",
        lambda: ecs.update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True),
        {"cpu": "2048", "memory": "8192"},
    )
    advance(simulator.world, 900)


@pytest.mark.parametrize(("cpu", "memory"), [("300", "512"), ("256", "8192")])
def test_what_fargate_does_not_offer_cannot_be_chosen(kit: Kit, tmp_path: Path, cpu: str, memory: str) -> None:
    """Neither CPU units of one's own, nor memory that does not go with them."""
    acting = Acting(kit, tmp_path, one_step("ecs.right-size"), "prod")
    assert acting.planned(cpu=cpu, memory=memory).stage is Stage.REFUSED
    acting.close()
