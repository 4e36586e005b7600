"""The rollback runbook on the simulated world, branch by branch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase
from runbook_tui.simulator.operations import route53_records
from runbook_tui.simulator.server import Simulator
from tests.support.pipelines import with_pipelines
from tests.support.stepped import CLUSTER, PROD, client, stepped
from tests.support.walker import Walker
from tests.support.weighted import routed_by_weights, weights

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
    """At GitHub by hand; it leads back to the decision."""
    walker.answer("frozen")
    assert walker.at == "freeze-by-hand"
    walker.confirm()
    assert walker.at == "decide"
    walker.answer("nothing")
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def test_codepipeline_is_frozen_here(simulator: Simulator, tmp_path: Path) -> None:
    """The way into the deployment is closed, and open again when the change is taken back. Then the traffic is to go
    back, and no weights share it out: that is refused with the other ways, and skipped."""
    walking = Walker(simulator, tmp_path, "rollback", site=with_pipelines(simulator))
    try:
        walking.answer("freeze")
        made = walking.change()
        walking.go_on()
        assert walking.at == "decide"
        assert not way_into_deployment(simulator)
        walking.acting.undone(made.number)
        assert way_into_deployment(simulator)
        walking.settle()
        walking.answer("traffic")
        refused = walking.acting.planned()
        assert "no weighted records" in refused.reason
        assert "go back by the release" in refused.remedy
        walking.skip("there are no weights")
        assert walking.at == "verify"
    finally:
        walking.close()


def way_into_deployment(simulator: Simulator) -> bool:
    stages = client(simulator, "codepipeline").get_pipeline_state(name="backend-prod")["stageStates"]
    return bool(stages[-1]["inboundTransitionState"]["enabled"])


def test_only_the_traffic_goes_back(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both weights at once; the service is left alone."""
    monkeypatch.setattr(route53_records, "_SPREADING", 0.0)
    before = service(simulator)["taskDefinition"]
    walking = Walker(simulator, tmp_path, "rollback", site=routed_by_weights(simulator, blue=50, green=50))
    try:
        walking.answer("traffic")
        walking.change(to="blue")
        walking.waited()
        walking.go_on()
        assert weights(simulator) == {"blue": 100, "green": 0}
        assert service(simulator)["taskDefinition"] == before
        finish(walking)
    finally:
        walking.close()


def test_a_rollback_is_taken_back(walker: Walker, simulator: Simulator) -> None:
    """The undo deploys what ran before."""
    walker.answer("finished")
    walker.change(revision="asharvi-backend-prod:1")
    walker.waited()
    assert walker.acting.undone().undoes == 1
    walker.pass_time(600)
    assert service(simulator)["taskDefinition"].endswith(":2")
