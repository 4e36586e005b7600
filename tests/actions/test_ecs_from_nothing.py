"""Cluster, task definitions, services and their autoscaling, made by the product's own changes where none was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.bare import compute, without_compute
from tests.support.passing import time_passes
from tests.support.stepped import CLUSTER, PROD, advance, client
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = pytest.mark.slow

TAG = {"tag": "1.4.2"}
BOUNDS = {"lowest": "2", "highest": "6"}
STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("ecs.create-cluster", {}),
    ("ecs.register-task-definition", TAG),
    ("ecs.create-service", {}),
    ("ecs.set-scaling-bounds", BOUNDS),
    ("ecs.set-scale-out", {"kind": "step", "percent": "60"}),
    ("ecs.set-scale-in", {"kind": "step", "percent": "30"}),
)
# What a load test alone can tell, and what needs the other environment as well.
LATER = {"ecs.taskdef.loadtest", "ecs.quota"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with without_compute() as bare:
        yield bare


@pytest.fixture
def acting(simulator: Simulator, tmp_path: Path) -> Iterator[Acting]:
    walking = Acting(Kit(load_site(simulator.site_path)), tmp_path, one_step("ecs.create-cluster"), "prod")
    yield walking
    walking.close()


def planned(acting: Acting, action: str, inputs: dict[str, str]) -> Change:
    change = acting.planned(action, **inputs)
    assert change.stage is Stage.PLANNED, (action, change.reason, change.remedy, change.questions)
    return change


def carried_out(acting: Acting, *steps: tuple[str, dict[str, str]]) -> None:
    for action, inputs in steps:
        change = planned(acting, action, inputs)
        assert change.plan is not None
        assert not change.plan.idle, action
        made = acting.made(change)
        assert made.stage is Stage.DONE, (action, made.reason, made.calls)
        again = planned(acting, action, inputs)
        assert again.plan is not None
        assert again.plan.idle, (action, again.plan.differences)


def not_passing(acting: Acting, *prefixes: str) -> dict[str, tuple[Status, str]]:
    checks = acting.kit.checks
    checks.begin_sweep()
    found = {name: checks.run(name, "prod") for name in all_checks() if name.startswith(prefixes)}
    return {
        name: (verdict.status, verdict.because)
        for name, verdict in found.items()
        if verdict.status not in (Status.PASS, Status.SKIP)
    }


def undone(acting: Acting, simulator: Simulator) -> None:
    with time_passes(simulator.world):
        while acting.state.undo_stack:
            acting.undone()
            acting.until(lambda state: state.open_change is None, patience=40)
            change = acting.change
            assert change.stage is Stage.DONE, (change.action, change.reason, change.calls)


def test_compute_comes_and_goes(acting: Acting, simulator: Simulator) -> None:
    """Made step by step, each idle when asked again, checked, and taken back to nothing."""
    before = compute(simulator)
    assert set(not_passing(acting, "ecs.cluster.", "ecs.service.active", "ecs.taskdef.active"))
    carried_out(acting, *STEPS)
    advance(simulator.world, 900)
    assert {name: told for name, told in not_passing(acting, "ecs.").items() if name not in LATER} == {}
    undone(acting, simulator)
    assert compute(simulator) == before


def test_what_is_missing_is_named(acting: Acting) -> None:
    """Without a cluster no service, without a revision none either; a site that names one service twice gets none."""
    refused = acting.planned("ecs.create-service")
    assert refused.stage is Stage.REFUSED
    assert "cluster" in refused.reason
    assert acting.planned("ecs.insights-on").stage is Stage.REFUSED


def test_somebody_was_faster(simulator: Simulator, tmp_path: Path) -> None:
    """Another hand makes the cluster, turns Insights on, registers revisions: each time the plan is refused."""
    kit, ecs = Kit(load_site(simulator.site_path)), client(simulator, "ecs")
    settings = [{"name": "containerInsights", "value": "enabled"}]
    bare = {
        "family": PROD,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "1024",
        "memory": "2048",
        "containerDefinitions": [{"name": "app", "image": "node:24", "memory": 2048}],
    }

    def insights() -> Any:
        return ecs.describe_clusters(clusters=[CLUSTER], include=["SETTINGS"])["clusters"][0]["settings"]

    refused_when_moved(kit, tmp_path / "1", "ecs.create-cluster", lambda: ecs.create_cluster(clusterName=CLUSTER))
    ecs.update_cluster_settings(cluster=CLUSTER, settings=[{"name": "containerInsights", "value": "disabled"}])
    made_and_undone(kit, tmp_path / "2", "ecs.insights-on", insights)
    refused_when_moved(
        kit, tmp_path / "3", "ecs.insights-on", lambda: ecs.update_cluster_settings(cluster=CLUSTER, settings=settings)
    )
    action = "ecs.register-task-definition"
    refused_when_moved(kit, tmp_path / "4", action, lambda: ecs.register_task_definition(**bare), TAG)
    refused_when_moved(kit, tmp_path / "5", "ecs.create-service", lambda: ecs.register_task_definition(**bare))
    for arn in ecs.list_task_definitions(familyPrefix=PROD)["taskDefinitionArns"]:
        ecs.deregister_task_definition(taskDefinition=arn)
    ecs.delete_cluster(cluster=CLUSTER)


def test_a_site_on_dynamodb_injects_its_tables(simulator: Simulator, tmp_path: Path) -> None:
    """Its required keys name tables instead of MongoDB's address."""
    guide = load_site(simulator.site_path)
    keys = ("DYNAMO_TABLE_USERS", *(key for key in guide.secrets.required_keys if key != "MONGO_URI"))
    site = replace(guide, db=replace(guide.db, kind="dynamodb"), secrets=replace(guide.secrets, required_keys=keys))
    acting = Acting(Kit(site), tmp_path, one_step("ecs.register-task-definition"), "staging")
    plan = planned(acting, "", TAG).plan
    acting.close()
    assert plan is not None
    (container,) = plan.calls[0].parameters["containerDefinitions"]
    assert [one["name"] for one in container["secrets"]] == list(keys)
    assert all(one["valueFrom"].endswith(f":{one['name']}::") for one in container["secrets"])
