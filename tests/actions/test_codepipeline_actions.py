"""A run of CodePipeline: started, approved, rejected; the way into its deployment closed and opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.core.change import Stage
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.pipelines import with_pipelines
from tests.support.stepped import advance, client, stepped
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = pytest.mark.slow

NAME = "backend-prod"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def kit(simulator: Simulator) -> Kit:
    return Kit(with_pipelines(simulator))


def ways(simulator: Simulator) -> Any:
    stages = client(simulator, "codepipeline").get_pipeline_state(name=NAME)["stageStates"]
    return {one["stageName"]: one["inboundTransitionState"]["enabled"] for one in stages}


def status(simulator: Simulator) -> str:
    listed = client(simulator, "codepipeline").list_pipeline_executions(pipelineName=NAME)
    return str(listed["pipelineExecutionSummaries"][0]["status"])


def test_the_way_is_closed_and_opened(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """Each is the other's way back; a run waits before the closed stage, and goes on when it opens."""
    made_and_undone(kit, tmp_path, "codepipeline.freeze", lambda: ways(simulator))
    pipelines = client(simulator, "codepipeline")
    place = {"pipelineName": NAME, "stageName": "Deploy", "transitionType": "Inbound"}
    pipelines.disable_stage_transition(**place, reason="change freeze")
    acting = Acting(kit, tmp_path, one_step("codepipeline.start-run"), "prod", "start")
    acting.made(acting.planned())
    advance(simulator.world, 300)
    acting.close()
    acting = Acting(kit, tmp_path, one_step("codepipeline.approve-run"), "prod", "approve")
    assert acting.made(acting.planned(summary="tests are green")).stage is Stage.DONE
    acting.close()
    advance(simulator.world, 60)
    deploy = pipelines.get_pipeline_state(name=NAME)["stageStates"][-1]
    assert deploy["inboundExecutions"]
    acting = Acting(kit, tmp_path, one_step("codepipeline.thaw"), "prod", "thaw")
    thawed = acting.planned()
    assert thawed.plan is not None
    assert "change freeze" in str(thawed.plan.warnings)
    assert acting.made(thawed).stage is Stage.DONE
    acting.close()
    advance(simulator.world, 900)
    assert status(simulator) == "Succeeded"


def test_a_way_that_somebody_closed_meanwhile(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """Between the plan and its confirmation."""
    place = {"pipelineName": NAME, "stageName": "Deploy", "transitionType": "Inbound"}
    pipelines = client(simulator, "codepipeline")
    refused_when_moved(
        kit, tmp_path, "codepipeline.freeze", lambda: pipelines.disable_stage_transition(**place, reason="another hand")
    )


def test_a_run_is_rejected(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """It ends; nothing is there to be rejected before, nor afterwards. While it runs no other is started."""
    acting = Acting(kit, tmp_path, one_step("codepipeline.reject-run"), "prod")
    assert acting.planned(summary="no").stage is Stage.REFUSED
    client(simulator, "codepipeline").start_pipeline_execution(name=NAME)
    advance(simulator.world, 300)
    starting = Acting(kit, tmp_path, one_step("codepipeline.start-run"), "prod", "start")
    idle = starting.planned()
    assert idle.plan is not None
    assert idle.plan.idle
    starting.close()
    assert acting.made(acting.planned(summary="not today")).stage is Stage.DONE
    assert status(simulator) == "Failed"
    assert acting.planned(summary="no").stage is Stage.REFUSED
    acting.close()


def test_a_run_that_was_started_is_stopped(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """The undo lets the action that is under way end, and nothing begins after it."""
    acting = Acting(kit, tmp_path, one_step("codepipeline.start-run"), "prod")
    made = acting.made(acting.planned())
    advance(simulator.world, 30)
    assert acting.undone(made.number).stage is Stage.DONE
    assert status(simulator) == "Stopping"
    advance(simulator.world, 300)
    assert status(simulator) == "Stopped"
    acting.close()
