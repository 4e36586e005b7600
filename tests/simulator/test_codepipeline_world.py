"""CodePipeline on the clock, asked by a stock client: stages, approval, deployment to ECS, failures."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.pipelines.state import Pipelines
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import CLUSTER, PROD, advance, client, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

NAME = "asharvi-backend"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        trust = {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
        client(running, "iam").create_role(
            RoleName="pipeline", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        yield running


@pytest.fixture
def pipelines(simulator: Simulator) -> Iterator[Any]:
    found = client(simulator, "codepipeline")
    found.create_pipeline(pipeline=definition(simulator))
    yield found
    found.delete_pipeline(name=NAME)


def stage(name: str, category: str, provider: str, **configuration: str) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actions": [{"name": name.lower(), "actionTypeId": kind, "configuration": configuration}]}


def definition(simulator: Simulator, provider: str = "ECS") -> dict[str, Any]:
    account = simulator.world.account
    return {
        "name": NAME,
        "roleArn": f"arn:aws:iam::{account}:role/pipeline",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [
            stage("Source", "Source", "CodeStarSourceConnection"),
            stage("Build", "Build", "CodeBuild", ProjectName="backend"),
            stage("Test", "Test", "CodeBuild", ProjectName="tests"),
            stage("Approve", "Approval", "Manual"),
            stage("Deploy", "Deploy", provider, ClusterName=CLUSTER, ServiceName=PROD),
        ],
    }


def status(pipelines: Any, execution: str) -> str:
    found = pipelines.get_pipeline_execution(pipelineName=NAME, pipelineExecutionId=execution)
    return str(found["pipelineExecution"]["status"])


def states(pipelines: Any) -> dict[str, str]:
    """Of the stages that something has entered."""
    found = pipelines.get_pipeline_state(name=NAME)["stageStates"]
    return {one["stageName"]: one["latestExecution"]["status"] for one in found if "latestExecution" in one}


def approval(pipelines: Any) -> dict[str, Any]:
    found = {one["stageName"]: one for one in pipelines.get_pipeline_state(name=NAME)["stageStates"]}
    latest: dict[str, Any] = found["Approve"]["actionStates"][0]["latestExecution"]
    return latest


def decide(pipelines: Any, token: str, verdict: str = "Approved") -> Any:
    result = {"summary": "looked at it", "status": verdict}
    return pipelines.put_approval_result(
        pipelineName=NAME, stageName="Approve", actionName="approve", result=result, token=token
    )


def refusal(call: Any, *words: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(*words, **parameters)
    return str(caught.value.response["Error"]["Code"])


def test_a_run_waits_for_its_approval_and_then_deploys(simulator: Simulator, pipelines: Any) -> None:
    """Stage after stage in its time; approved, the service gets a new revision, and the run ends when ECS is done."""
    ecs = client(simulator, "ecs")
    before = ecs.describe_services(cluster=CLUSTER, services=[PROD])["services"][0]["taskDefinition"]
    execution = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    assert states(pipelines) == {"Source": "InProgress"}
    advance(simulator.world, 200)
    assert states(pipelines) == dict.fromkeys(("Source", "Build", "Test"), "Succeeded") | {"Approve": "InProgress"}
    waiting = approval(pipelines)
    assert waiting["status"] == "InProgress"
    decide(pipelines, waiting["token"])
    assert refusal(decide, pipelines, waiting["token"]) == "ApprovalAlreadyCompletedException"
    assert status(pipelines, execution) == "InProgress"
    advance(simulator.world, 15 * 60)
    assert status(pipelines, execution) == "Succeeded"
    after = ecs.describe_services(cluster=CLUSTER, services=[PROD])["services"][0]["taskDefinition"]
    assert int(after.rpartition(":")[2]) == int(before.rpartition(":")[2]) + 1
    assert states(pipelines)["Deploy"] == "Succeeded"
    assert approval(pipelines)["summary"] == "looked at it"


def test_a_rejection_ends_the_run(simulator: Simulator, pipelines: Any) -> None:
    """Nothing is deployed, and the state says who rejected it and why."""
    execution = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    advance(simulator.world, 200)
    decide(pipelines, approval(pipelines)["token"], "Rejected")
    assert status(pipelines, execution) == "Failed"
    assert "looked at it" in approval(pipelines)["errorDetails"]["message"]
    assert "Deploy" not in states(pipelines)


def test_an_approval_needs_its_token(simulator: Simulator, pipelines: Any) -> None:
    """Another token decides nothing."""
    execution = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    advance(simulator.world, 200)
    assert refusal(decide, pipelines, "another") == "InvalidApprovalTokenException"
    assert (status(pipelines, execution), approval(pipelines)["status"]) == ("InProgress", "InProgress")


def test_a_build_that_fails(simulator: Simulator, pipelines: Any) -> None:
    """The run is failed at its stage, with the reason; later stages are not entered."""
    broken = simulator.world.store(Pipelines).broken
    broken[NAME, "Build"] = "Build terminated with state: FAILED"
    execution = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    advance(simulator.world, 200)
    del broken[NAME, "Build"]
    assert status(pipelines, execution) == "Failed"
    assert states(pipelines) == {"Source": "Succeeded", "Build": "Failed"}
    (build,) = pipelines.get_pipeline_state(name=NAME)["stageStates"][1]["actionStates"]
    assert build["latestExecution"]["errorDetails"]["message"] == "Build terminated with state: FAILED"


def test_a_stage_is_for_one_run_at_a_time(simulator: Simulator, pipelines: Any) -> None:
    """A second run waits before the stage that the first one is in, and a third one takes its place there."""
    runs = []
    for _ in range(3):
        runs.append(pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"])
        advance(simulator.world, 200)
    assert [status(pipelines, one) for one in runs] == ["InProgress", "Superseded", "InProgress"]
    decide(pipelines, approval(pipelines)["token"], "Rejected")
    assert [status(pipelines, one) for one in runs] == ["Failed", "Superseded", "InProgress"]
    assert approval(pipelines)["status"] == "InProgress"
    listed = pipelines.list_pipeline_executions(pipelineName=NAME)["pipelineExecutionSummaries"]
    assert [one["pipelineExecutionId"] for one in listed] == runs[::-1]


def test_a_service_that_is_not_there(simulator: Simulator, pipelines: Any) -> None:
    """The deploy action fails with ECS's own refusal."""
    wrong = definition(simulator)
    wrong["stages"] = [wrong["stages"][0], stage("Deploy", "Deploy", "ECS", ClusterName=CLUSTER, ServiceName="absent")]
    pipelines.update_pipeline(pipeline=wrong)
    execution = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    advance(simulator.world, 30)
    assert status(pipelines, execution) == "Failed"
    (action,) = pipelines.get_pipeline_state(name=NAME)["stageStates"][1]["actionStates"]
    assert "ServiceNotFoundException" in action["latestExecution"]["errorDetails"]["message"]


def test_what_is_not_simulated_says_so(simulator: Simulator, pipelines: Any) -> None:
    """A deployment by something else than ECS is refused, not played."""
    pipelines.update_pipeline(pipeline=definition(simulator, provider="S3"))
    assert refusal(pipelines.start_pipeline_execution, name=NAME) == "NotSimulated"
    assert refusal(pipelines.get_pipeline_state, name="absent") == "PipelineNotFoundException"


def actions(pipelines: Any) -> dict[str, str]:
    """Of those that have begun."""
    stages = pipelines.get_pipeline_state(name=NAME)["stageStates"]
    found = [one["actionStates"][0] for one in stages]
    return {one["actionName"]: one["latestExecution"]["status"] for one in found if "latestExecution" in one}


def test_a_run_is_stopped_when_its_action_has_ended(simulator: Simulator, pipelines: Any) -> None:
    """It stops as soon as nothing of it is under way, holds its stage until then, and says why."""
    first = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    advance(simulator.world, 60)
    second = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    stop = {"pipelineName": NAME, "pipelineExecutionId": first, "reason": "another fix"}
    assert pipelines.stop_pipeline_execution(**stop)["pipelineExecutionId"] == first
    assert (status(pipelines, first), actions(pipelines)["build"]) == ("Stopping", "InProgress")
    assert refusal(pipelines.stop_pipeline_execution, **stop) == "DuplicatedStopRequestException"
    advance(simulator.world, 60)
    assert states(pipelines)["Build"] == "Stopping"
    advance(simulator.world, 30)
    assert status(pipelines, first) == "Stopped"
    assert states(pipelines) == {"Source": "Succeeded", "Build": "InProgress"}
    assert refusal(pipelines.stop_pipeline_execution, **stop) == "PipelineExecutionNotStoppableException"
    listed = pipelines.list_pipeline_executions(pipelineName=NAME)["pipelineExecutionSummaries"]
    assert [one.get("stopTrigger", {}).get("reason") for one in listed] == [None, "another fix"]
    pipelines.stop_pipeline_execution(pipelineName=NAME, pipelineExecutionId=second, abandon=True)
    assert (status(pipelines, second), actions(pipelines)["build"]) == ("Stopped", "Abandoned")
    advance(simulator.world, 600)
    assert actions(pipelines) == {"source": "Succeeded", "build": "Abandoned"}


def test_a_run_that_waits_is_stopped_at_once(simulator: Simulator, pipelines: Any) -> None:
    """Before a stage that is taken or closed; an approval that is asked for is waited for, or abandoned."""
    place = {"pipelineName": NAME, "stageName": "Test", "transitionType": "Inbound"}
    pipelines.disable_stage_transition(**place, reason="freeze")
    held = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    advance(simulator.world, 200)
    pipelines.stop_pipeline_execution(pipelineName=NAME, pipelineExecutionId=held)
    pipelines.enable_stage_transition(**place)
    assert status(pipelines, held) == "Stopped"
    asked = pipelines.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    advance(simulator.world, 200)
    pipelines.stop_pipeline_execution(pipelineName=NAME, pipelineExecutionId=asked)
    assert (status(pipelines, asked), approval(pipelines)["status"]) == ("Stopping", "InProgress")
    decide(pipelines, approval(pipelines)["token"])
    assert status(pipelines, asked) == "Stopped"
    assert "Deploy" not in states(pipelines)
