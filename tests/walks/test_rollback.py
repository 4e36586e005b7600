"""The rollback runbook on the simulated world, branch by branch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import CLUSTER, PROD, client, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SECRET = "asharvi/backend/prod"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "rollback")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def service(simulator: Simulator) -> Any:
    return client(simulator, "ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"][0]


def finish(walker: Walker) -> None:
    """From the last look to the end of the run."""
    assert walker.at == "verify"
    walker.go_on("the numbers of the last hour are of the bad release")
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def test_a_release_that_went_out_is_replaced_by_the_one_before(walker: Walker, simulator: Simulator) -> None:
    """The last good revision runs again, with the number of tasks that autoscaling had set."""
    before = service(simulator)
    walker.answer("finished")
    made = walker.change(revision="asharvi-backend-prod:1")
    assert "desiredCount" not in str(made.plan)
    walker.waited()
    walker.go_on()
    after = service(simulator)
    assert after["taskDefinition"].endswith(":1")
    assert before["taskDefinition"].endswith(":2")
    assert after["desiredCount"] == before["desiredCount"]
    finish(walker)


def test_a_running_deployment_is_stopped(walker: Walker, simulator: Simulator) -> None:
    """A deployment of another revision is under way; it ends and the service stays with what was good."""
    ecs = client(simulator, "ecs")
    ecs.update_service(cluster=CLUSTER, service=PROD, taskDefinition=f"{PROD}:1", forceNewDeployment=True)
    walker.pass_time(20)
    walker.answer("running")
    walker.change()
    walker.waited()
    walker.go_on()
    assert service(simulator)["taskDefinition"].endswith(":2")
    finish(walker)


def test_a_changed_secret_is_taken_back_and_read_anew(walker: Walker, simulator: Simulator) -> None:
    """The former version is current again and the tasks are new ones."""
    secrets = client(simulator, "secretsmanager")
    good = next(
        version
        for version, stages in secrets.describe_secret(SecretId=SECRET)["VersionIdsToStages"].items()
        if "AWSCURRENT" in stages
    )
    value = secrets.get_secret_value(SecretId=SECRET)["SecretString"]
    secrets.put_secret_value(SecretId=SECRET, SecretString=value)
    tasks = set(client(simulator, "ecs").list_tasks(cluster=CLUSTER, serviceName=PROD)["taskArns"])
    walker.answer("secret")
    walker.change(version=good)
    walker.go_on()
    assert walker.at == "restart"
    walker.change()
    walker.waited()
    walker.go_on()
    assert tasks.isdisjoint(client(simulator, "ecs").list_tasks(cluster=CLUSTER, serviceName=PROD)["taskArns"])
    finish(walker)


def test_the_pipeline_is_frozen_first(walker: Walker) -> None:
    """It leads back to the decision."""
    walker.answer("frozen")
    assert walker.at == "freeze"
    walker.confirm()
    assert walker.at == "decide"
    walker.answer("nothing")
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def test_a_rollback_is_taken_back(walker: Walker, simulator: Simulator) -> None:
    """The undo deploys what ran before."""
    walker.answer("finished")
    walker.change(revision="asharvi-backend-prod:1")
    walker.waited()
    assert walker.acting.undone().undoes == 1
    walker.pass_time(600)
    assert service(simulator)["taskDefinition"].endswith(":2")
