"""How an execution goes on: groups of actions, stages one after the other, each stage for one execution at a time."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from runbook_tui.simulator.pipelines.deploy import Deployment
from runbook_tui.simulator.pipelines.state import ActionRun, Execution, Pipelines
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.world import World

TAKES: Final = {"Source": 10.0, "Build": 120.0, "Test": 60.0, "Invoke": 10.0}  # seconds
PATIENCE: Final = 7 * 24 * 3600.0  # seconds that an approval is waited for
_LOOKS: Final = 15.0  # seconds between looks at a deployment

Action = Mapping[str, Any]


def start(world: World, definition: Mapping[str, Any]) -> Execution:
    """Raises Refused for what cannot be simulated; nothing has begun then."""
    for stage in definition["stages"]:
        for action in stage["actions"]:
            _refuse_the_unknown(action)
    now = world.clock.now()
    execution = Execution(id=_identifier(world), definition=definition, started=now, changed=now)
    world.store(Pipelines).executions.setdefault(execution.name, []).insert(0, execution)
    _enter(world, execution, 0)
    return execution


def end_action(world: World, execution: Execution, run: ActionRun, status: str, text: str = "") -> None:
    """An action is over, and the execution goes on, or is over too."""
    if run.status != "InProgress" or not execution.under_way:
        return
    run.status, run.changed = status, world.clock.now()
    if status == "Failed":
        run.error = text
    _go_on(world, execution)


def stop(world: World, execution: Execution, *, abandon: bool, reason: str) -> None:
    """No further action begins. What is under way ends first, unless it is abandoned: whatever it began goes on
    without the pipeline. Raises Refused."""
    if not execution.under_way:
        text = "Unable to stop the pipeline execution. The execution might already be in a Stopped state, or it might "
        raise Refused("PipelineExecutionNotStoppableException", f"{text}no longer be in progress.")
    if execution.status == "Stopping" and not abandon:
        text = "The pipeline execution is already in a Stopping state. You cannot choose to stop and wait again."
        raise Refused("DuplicatedStopRequestException", text)
    execution.status, execution.stop_reason, execution.changed = "Stopping", reason, world.clock.now()
    runs = execution.runs_in(execution.stages[execution.stage]).values()
    for run in [one for one in runs if one.status == "InProgress" and abandon]:
        run.status, run.changed = "Abandoned", world.clock.now()
    if execution.waiting:
        execution.status = "Stopped"
    else:
        _go_on(world, execution)


def _refuse_the_unknown(action: Action) -> None:
    kind, provider = action["actionTypeId"]["category"], action["actionTypeId"]["provider"]
    if kind not in (*TAKES, "Approval") and (kind, provider) != ("Deploy", "ECS"):
        raise not_simulated(f"a pipeline with an action {kind}/{provider}")


def _enter(world: World, execution: Execution, number: int) -> None:
    """A stage that is taken is waited for; who waited before is superseded."""
    others = [one for one in world.store(Pipelines).executions[execution.name] if one is not execution]
    here = [one for one in others if one.under_way and one.stage == number]
    execution.stage, execution.changed = number, world.clock.now()
    for one in here:
        if one.waiting:
            one.status, one.changed = "Superseded", world.clock.now()
    execution.waiting = any(not one.waiting for one in here) or _is_closed(world, execution, number)
    if not execution.waiting:
        _go_on(world, execution)


def _leave(world: World, execution: Execution, number: int) -> None:
    if _is_closed(world, execution, number):
        return
    for one in world.store(Pipelines).executions[execution.name]:
        if one.waiting and one.under_way and one.stage == number:
            one.waiting = False
            _go_on(world, one)


def let_in(world: World, name: str, stage: str) -> None:
    """The stage was opened: who waits before it enters, unless another run is in it."""
    there = [one for one in world.store(Pipelines).executions.get(name, []) if one.under_way]
    there = [one for one in there if one.stages[one.stage]["name"] == stage]
    if there and all(one.waiting for one in there):
        _leave(world, there[0], there[0].stage)


def _is_closed(world: World, execution: Execution, number: int) -> bool:
    return (execution.name, execution.stages[number]["name"]) in world.store(Pipelines).closed


def _go_on(world: World, execution: Execution) -> None:
    """Begins the next group of actions when the one before is over."""
    execution.changed = world.clock.now()
    stage = execution.stages[execution.stage]
    runs = execution.runs_in(stage)
    if any(run.status == "InProgress" for run in runs.values()):
        return
    over = "Failed" if any(run.status == "Failed" for run in runs.values()) else ""
    over = over or ("Stopped" if execution.status == "Stopping" else "")
    if over:
        execution.status = over
        _leave(world, execution, execution.stage)
        return
    left = [action for action in stage["actions"] if action["name"] not in runs]
    if left:
        first = min(action.get("runOrder", 1) for action in left)
        for action in [one for one in left if one.get("runOrder", 1) == first]:
            _begin(world, execution, stage, action)
        return
    done = execution.stage
    if done + 1 == len(execution.stages):
        execution.status = "Succeeded"
    else:
        _enter(world, execution, done + 1)
    _leave(world, execution, done)


def _begin(world: World, execution: Execution, stage: Mapping[str, Any], action: Action) -> None:
    run = ActionRun(id=_identifier(world), changed=world.clock.now())
    execution.actions[stage["name"], action["name"]] = run
    kind = action["actionTypeId"]["category"]
    if kind == "Approval":
        run.token = _identifier(world)
        over = "Approval was not given in time."
        world.agenda.after(PATIENCE, partial(end_action, world, execution, run, "Failed", over))
    elif kind == "Deploy":
        world.agenda.after(1.0, partial(_deploy, world, execution, run, action))
    else:
        world.agenda.after(TAKES[kind], partial(_end, world, execution, run, kind))


def _end(world: World, execution: Execution, run: ActionRun, kind: str) -> None:
    why = world.store(Pipelines).broken.get((execution.name, kind), "")
    end_action(world, execution, run, "Failed" if why else "Succeeded", why)


def _deploy(world: World, execution: Execution, run: ActionRun, action: Action) -> None:
    configuration = action.get("configuration") or {}
    try:
        deployment = Deployment(world, configuration.get("ClusterName", ""), configuration.get("ServiceName", ""))
    except Refused as refused:
        end_action(world, execution, run, "Failed", f"{refused.code}: {refused.message}")
        return
    _look(world, execution, run, deployment)


def _look(world: World, execution: Execution, run: ActionRun, deployment: Deployment) -> None:
    done, why = deployment.state()
    if done:
        end_action(world, execution, run, "Failed" if why else "Succeeded", why)
    elif run.status == "InProgress":
        world.agenda.after(_LOOKS, partial(_look, world, execution, run, deployment))


def _identifier(world: World) -> str:
    return str(uuid.UUID(int=world.random.getrandbits(128), version=4))
