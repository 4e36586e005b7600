"""CodePipeline: executions, the state of stages and actions, approvals. Definitions are moto's."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.pages import page
from runbook_tui.simulator.pipelines import run as runs
from runbook_tui.simulator.pipelines.state import ActionRun, Closed, Execution, Key, Pipelines
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("codepipeline", "StartPipelineExecution")
def start_pipeline_execution(world: World, parameters: Parameters) -> Reply:
    return {"pipelineExecutionId": runs.start(world, _pipeline(world, parameters["name"]).pipeline).id}


@overlay("codepipeline", "StopPipelineExecution")
def stop_pipeline_execution(world: World, parameters: Parameters) -> Reply:
    try:
        found = _execution(world, parameters["pipelineName"], parameters["pipelineExecutionId"])
    except Refused as refused:  # this operation knows no error of its own for it
        code = refused.code.replace("ExecutionNotFound", "ExecutionNotStoppable")
        raise Refused(code, refused.message) from None
    runs.stop(world, found, abandon=bool(parameters.get("abandon")), reason=parameters.get("reason", ""))
    return {"pipelineExecutionId": found.id}


@overlay("codepipeline", "ListPipelineExecutions")
def list_pipeline_executions(world: World, parameters: Parameters) -> Reply:
    found = _executions(world, parameters["pipelineName"])
    shown, token = page(found, parameters, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {"pipelineExecutionSummaries": [_summary(one) for one in shown], "nextToken": token}


@overlay("codepipeline", "GetPipelineExecution")
def get_pipeline_execution(world: World, parameters: Parameters) -> Reply:
    name, wanted = parameters["pipelineName"], parameters["pipelineExecutionId"]
    one = _execution(world, name, wanted)
    told = {key: _summary(one)[key] for key in ("pipelineExecutionId", "status", "trigger", "executionMode")}
    version = one.definition["version"]
    return {"pipelineExecution": {**told, "pipelineName": name, "pipelineVersion": version}}


@overlay("codepipeline", "GetPipelineState")
def get_pipeline_state(world: World, parameters: Parameters) -> Reply:
    model = _pipeline(world, parameters["name"])
    executions = _executions(world, parameters["name"])
    return {
        "pipelineName": parameters["name"],
        "pipelineVersion": model.pipeline["version"],
        "stageStates": [
            _stage(number, one, executions) | _way_in(world, parameters["name"], one)
            for number, one in enumerate(model.pipeline["stages"])
        ],
        "created": model._created,  # noqa: SLF001 - moto tells it as a text only
        "updated": model._updated,  # noqa: SLF001
    }


@overlay("codepipeline", "PutApprovalResult")
def put_approval_result(world: World, parameters: Parameters) -> Reply:
    model = _pipeline(world, parameters["pipelineName"])
    stage = _named(model.pipeline["stages"], parameters["stageName"], "Stage")
    _named(stage["actions"], parameters["actionName"], "Action")
    key = (parameters["stageName"], parameters["actionName"])
    for execution in _executions(world, parameters["pipelineName"]):
        run = execution.actions.get(key)
        if run is not None and run.token == parameters["token"]:
            return {"approvedAt": _decide(world, execution, run, parameters["result"])}
    raise Refused("InvalidApprovalTokenException", "The approval request already received a response or has expired.")


@overlay("codepipeline", "DisableStageTransition")
def disable_stage_transition(world: World, parameters: Parameters) -> Reply:
    key = _inbound(world, parameters)
    closed = Closed(reason=parameters["reason"], by=world.on_call_arn, at=world.clock.now())
    world.store(Pipelines).closed[key] = closed
    return {}


@overlay("codepipeline", "EnableStageTransition")
def enable_stage_transition(world: World, parameters: Parameters) -> Reply:
    key = _inbound(world, parameters)
    world.store(Pipelines).closed.pop(key, None)
    runs.let_in(world, *key)
    return {}


def _inbound(world: World, parameters: Parameters) -> Key:
    model = _pipeline(world, parameters["pipelineName"])
    _named(model.pipeline["stages"], parameters["stageName"], "Stage")
    if parameters["transitionType"] != "Inbound":
        raise not_simulated("the way out of a stage of CodePipeline")
    return parameters["pipelineName"], parameters["stageName"]


def _way_in(world: World, pipeline: str, stage: Mapping[str, Any]) -> dict[str, Any]:
    found = world.store(Pipelines).closed.get((pipeline, stage["name"]))
    if found is None:
        return {"inboundTransitionState": {"enabled": True}}
    told = {"lastChangedBy": found.by, "lastChangedAt": found.at, "disabledReason": found.reason}
    return {"inboundTransitionState": {"enabled": False, **told}}


@after("codepipeline", "DeletePipeline")
def delete_pipeline(world: World, parameters: Parameters) -> Reply:
    for one in world.store(Pipelines).executions.pop(parameters["name"], []):
        one.status = "Cancelled" if one.under_way else one.status
    return None


def _decide(world: World, execution: Execution, run: ActionRun, result: Mapping[str, str]) -> Any:
    if run.status != "InProgress" or not execution.under_way:
        raise Refused("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected.")
    run.summary = result["summary"]
    run.by = world.on_call_arn
    approved = result["status"] == "Approved"
    text = "" if approved else f"Rejected by {run.by}: {run.summary}"
    runs.end_action(world, execution, run, "Succeeded" if approved else "Failed", text)
    return world.clock.now()


def _pipeline(world: World, name: str) -> Any:
    found = world.backend("codepipeline").pipelines.get(name)
    if found is None:
        raise Refused(
            "PipelineNotFoundException", f"Account '{world.account}' does not have a pipeline with name '{name}'"
        )
    return found


def _executions(world: World, name: str) -> list[Execution]:
    _pipeline(world, name)
    return world.store(Pipelines).executions.get(name, [])


def _execution(world: World, pipeline: str, wanted: str) -> Execution:
    for one in _executions(world, pipeline):
        if one.id == wanted:
            return one
    raise Refused(
        "PipelineExecutionNotFoundException",
        f"Account '{world.account}' does not have an execution with id '{wanted}' for pipeline '{pipeline}'",
    )


def _named(things: Any, name: str, what: str) -> Any:
    for one in things:
        if one["name"] == name:
            return one
    raise Refused(f"{what}NotFoundException", f"The {what.lower()} {name} was not found in the pipeline.")


def _summary(one: Execution) -> dict[str, Any]:
    stopped = {"stopTrigger": {"reason": one.stop_reason}} if one.stop_reason else {}
    return {
        **stopped,
        "pipelineExecutionId": one.id,
        "status": one.status,
        "startTime": one.started,
        "lastUpdateTime": one.changed,
        "sourceRevisions": [],
        "trigger": {"triggerType": "StartPipelineExecution", "triggerDetail": ""},
        "executionMode": "SUPERSEDED",
        "executionType": "STANDARD",
    }


def _stage(number: int, stage: Mapping[str, Any], executions: list[Execution]) -> dict[str, Any]:
    """With the newest execution that has entered it."""
    latest = next((one for one in executions if one.runs_in(stage)), None)
    told: dict[str, Any] = {
        "stageName": stage["name"],
        "actionStates": [_action(one, latest, stage) for one in stage["actions"]],
    }
    waiting = [one for one in executions if one.waiting and one.under_way and one.stage == number]
    if waiting:
        told["inboundExecutions"] = [{"pipelineExecutionId": one.id, "status": "InProgress"} for one in waiting]
    if latest is not None:
        status = latest.status if latest.stage == number else "Succeeded"
        told["latestExecution"] = {"pipelineExecutionId": latest.id, "status": status, "type": "STANDARD"}
    return told


def _action(action: Mapping[str, Any], latest: Execution | None, stage: Mapping[str, Any]) -> dict[str, Any]:
    run = latest.runs_in(stage).get(action["name"]) if latest is not None else None
    if run is None:
        return {"actionName": action["name"]}
    told = {"actionExecutionId": run.id, "status": run.status, "lastStatusChange": run.changed}
    more = {"summary": run.summary, "token": run.token if run.status == "InProgress" else "", "lastUpdatedBy": run.by}
    if run.error:
        told["errorDetails"] = {"code": "JobFailed", "message": run.error}
    return {"actionName": action["name"], "latestExecution": told | {key: text for key, text in more.items() if text}}
