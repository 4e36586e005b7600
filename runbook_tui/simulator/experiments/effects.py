"""What each action of FIS does to the simulated world. What has no effect here is refused, never pretended."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from runbook_tui.simulator.experiments import subnets, tasks
from runbook_tui.simulator.experiments.store import Resource, Undo
from runbook_tui.simulator.experiments.templates import wrong
from runbook_tui.simulator.refusal import not_simulated
from runbook_tui.simulator.world import World


class Order(Struct, frozen=True, kw_only=True):
    """One action of one experiment, to be carried out now."""

    experiment: str
    parameters: Mapping[str, str]
    resources: Sequence[Resource]


def _nothing() -> None:
    """For what leaves nothing behind."""


def _disrupt(world: World, order: Order) -> Undo:
    return subnets.disrupt(world, order.experiment, order.parameters, order.resources)


def _blackhole(world: World, order: Order) -> Undo:
    return tasks.blackhole(world, order.parameters, order.resources)


def _stop_tasks(world: World, order: Order) -> Undo:
    for each in order.resources:
        cluster = each.information["cluster"]
        world.call("ecs", "StopTask", cluster=cluster, task=each.arn, reason=f"FIS experiment {order.experiment}")
    return _nothing


def _drain(_world: World, _order: Order) -> Undo:
    raise wrong("The cluster has no container instances to drain: its tasks run on AWS Fargate.")


def _assert_alarms(world: World, order: Order) -> Undo:
    wanted = [each.strip() for each in order.parameters["alarmStates"].split(",")]
    for arn in order.parameters["alarmArns"].split(","):
        state = alarm_state(world, arn.strip())
        if state not in wanted:
            raise wrong(f"The alarm {arn.strip()} is in the state {state}.")
    return _nothing


def _wait(_world: World, _order: Order) -> Undo:
    return _nothing


EFFECTS: Mapping[str, Callable[[World, Order], Undo]] = {
    "aws:cloudwatch:assert-alarm-state": _assert_alarms,
    "aws:ecs:drain-container-instances": _drain,
    "aws:ecs:stop-task": _stop_tasks,
    "aws:ecs:task-network-blackhole-port": _blackhole,
    "aws:fis:wait": _wait,
    "aws:network:disrupt-connectivity": _disrupt,
}


def refuse_the_unknown(actions: Mapping[str, Mapping[str, str]]) -> None:
    """Raises Refused (NotSimulated) before anything is done."""
    for action in actions.values():
        if action["actionId"] not in EFFECTS:
            raise not_simulated(f"fis:StartExperiment with the action {action['actionId']}")


def alarm_state(world: World, arn: str) -> str:
    """``missing`` when there is no such alarm."""
    answer = world.call(
        "cloudwatch",
        "DescribeAlarms",
        AlarmNames=[arn.rpartition(":alarm:")[2]],
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
    )
    alarms = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    return str(alarms[0]["StateValue"]) if alarms else "missing"
