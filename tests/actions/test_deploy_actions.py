"""Another image for the service: planned, made, taken back, refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.simulator.seed.registry import push
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.stepped import CLUSTER, PROD, advance, client, stepped
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = pytest.mark.slow

NEW = "1.5.0"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        push(running.world, PROD, NEW)
        yield running


@pytest.fixture(scope="module")
def kit(simulator: Simulator) -> Kit:
    return Kit(load_site(simulator.site_path))


def service(simulator: Simulator) -> Any:
    return client(simulator, "ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"][0]


def deployed(simulator: Simulator) -> Any:
    """What the service is told to run, and how many revisions may be started."""
    found = client(simulator, "ecs").list_task_definitions(familyPrefix=PROD, status="ACTIVE")["taskDefinitionArns"]
    return service(simulator)["taskDefinition"], service(simulator)["desiredCount"], found


def test_an_image_is_deployed_and_taken_back(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """A copy of the running revision with the new tag; back, the former runs and the copy is put away."""
    look = lambda: deployed(simulator)  # noqa: E731 - read three times
    made = made_and_undone(kit, tmp_path, "ecs.deploy-image", look, {"tag": NEW})
    assert made.plan is not None
    register, update = made.plan.calls
    (container,) = [one for one in register.parameters["containerDefinitions"] if one["name"] == "app"]
    assert container["image"].endswith(f"/{PROD}:{NEW}")
    assert not {"taskDefinitionArn", "revision", "status", "registeredAt"} & set(register.parameters)
    assert "desiredCount" not in update.parameters
    advance(simulator.world, 900)


def test_a_deployment_that_began_meanwhile_refuses_it(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """Between the plan and its confirmation somebody deployed."""
    ecs = client(simulator, "ecs")
    refused_when_moved(
        kit,
        tmp_path,
        "ecs.deploy-image",
        lambda: ecs.update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True),
        {"tag": NEW},
    )
    advance(simulator.world, 900)


def test_what_runs_is_not_deployed_again(kit: Kit, tmp_path: Path) -> None:
    """The tag of the running revision leaves nothing to do; one that nobody pushed cannot be chosen."""
    acting = Acting(kit, tmp_path, one_step("ecs.deploy-image"), "prod")
    idle = acting.planned(tag="1.4.2")
    assert idle.plan is not None
    assert idle.plan.idle
    assert acting.planned(tag="9.9.9").stage is Stage.REFUSED
    acting.close()
