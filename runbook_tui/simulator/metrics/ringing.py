"""Alarms change their states and act: each minute, and when somebody sets a state by hand."""

import json
from typing import Any

from runbook_tui.simulator.metrics.alarm import Alarm, State, judge
from runbook_tui.simulator.metrics.evaluation import datapoints, due
from runbook_tui.simulator.metrics.message import message, subject
from runbook_tui.simulator.metrics.monitoring import HistoryItem
from runbook_tui.simulator.metrics.reasons import reason, reason_data, stamp
from runbook_tui.simulator.metrics.rules import parse
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World

_ACTIONS = {
    State.ALARM: "AlarmActions",
    State.OK: "OKActions",
    State.INSUFFICIENT_DATA: "InsufficientDataActions",
}


def evaluate(world: World) -> None:
    """All alarms, at a full minute."""
    now = world.clock.now()
    for alarm in [each for each in world.monitoring.alarms.values() if not each.composite]:
        if due(alarm, now):
            points = datapoints(world, alarm)
            judged = judge(alarm, points)
            if judged.state is not None and judged.state is not alarm.state:
                data = reason_data(alarm, points, judged, now)
                change(world, alarm, judged.state, reason(alarm, judged.state, judged), data)
                continue
        if alarm.state is State.ALARM:
            _scale(world, alarm)
    evaluate_composites(world)


def evaluate_composites(world: World) -> None:
    """Again and again while one changes: composite alarms may name each other."""
    composites = [each for each in world.monitoring.alarms.values() if each.composite]
    for _ in composites:
        changed = [each for each in composites if _follow(world, each)]
        if not changed:
            return


def _follow(world: World, alarm: Alarm) -> bool:
    rule, named = parse(alarm.settings["AlarmRule"])

    def state(name: str) -> State:
        found = find(world, name)
        return found.state if found is not None else State.INSUFFICIENT_DATA

    wanted = State.ALARM if rule(state) else State.OK
    if wanted is alarm.state:
        return False
    known = [each for name in named if (each := find(world, name)) is not None]
    why, data = _because(alarm, wanted, known)
    change(world, alarm, wanted, why, data)
    return True


def _because(alarm: Alarm, wanted: State, named: list[Alarm]) -> tuple[str, str]:
    latest = max(named, key=lambda each: each.changed, default=None)
    if latest is None or alarm.reason.startswith("Unchecked"):
        return f"{alarm.arn} was created and its alarm rule evaluates to {wanted}", "{}"
    triggering = [{"arn": latest.arn, "state": {"value": latest.state.value, "timestamp": stamp(latest.changed)}}]
    when = f"{latest.changed:%A %d %B, %Y %H:%M:%S} UTC"
    return f"{latest.arn} transitioned to {latest.state} at {when}", json.dumps({"triggeringAlarms": triggering})


def find(world: World, name: str) -> Alarm | None:
    """By name or ARN."""
    return world.monitoring.alarms.get(name.partition(":alarm:")[2] if name.startswith("arn:") else name)


def change(world: World, alarm: Alarm, state: State, why: str, data: str) -> None:
    """Writes the history and acts."""
    former = {"stateValue": alarm.state.value, "stateReason": alarm.reason, "stateReasonData": json.loads(alarm.data)}
    before = alarm.state
    alarm.state, alarm.reason, alarm.data, alarm.changed = state, why, data, world.clock.now()
    present = {"stateValue": state.value, "stateReason": why, "stateReasonData": json.loads(data)}
    remember(
        world,
        alarm,
        "StateUpdate",
        f"Alarm updated from {before} to {state}",
        {"version": "1.0", "oldState": former, "newState": present},
    )
    _act(world, alarm, before)


def remember(world: World, alarm: Alarm, kind: str, summary: str, data: dict[str, Any]) -> None:
    world.monitoring.history.append(
        HistoryItem(
            at=world.clock.now(),
            alarm=alarm.name,
            composite=alarm.composite,
            kind=kind,
            summary=summary,
            data=json.dumps(data, separators=(",", ":")),
        )
    )


def _act(world: World, alarm: Alarm, before: State) -> None:
    if not alarm.settings.get("ActionsEnabled", True):
        return
    for action in alarm.settings.get(_ACTIONS[alarm.state]) or ():
        if ":scalingPolicy:" in action:
            _run_policy(world, alarm, action, told=True)
        else:
            _publish(world, alarm, action, before)


def _publish(world: World, alarm: Alarm, topic: str, before: State) -> None:
    text = message(world, alarm, before)
    try:
        world.call("sns", "Publish", TopicArn=topic, Subject=subject(alarm, world.region), Message=text)
    except Refused as refused:
        summary = f'Failed to execute action {topic}. Received error: "{refused.message}"'
        _tell(world, alarm, summary, topic, "Failed", refused.message)
        return
    _tell(world, alarm, f"Successfully executed action {topic}", topic, "Succeeded", None)


def _scale(world: World, alarm: Alarm) -> None:
    """An alarm that stays in ALARM calls its scaling policy again, each minute."""
    if alarm.settings.get("ActionsEnabled", True):
        for action in alarm.settings.get("AlarmActions") or ():
            if ":scalingPolicy:" in action:
                _run_policy(world, alarm, action, told=False)


def _run_policy(world: World, alarm: Alarm, policy: str, *, told: bool) -> None:
    from runbook_tui.simulator.scaling.policies import CannotScale, run

    try:
        run(world, policy, alarm)
    except CannotScale as reason_why:
        if told:
            summary = f'Failed to execute action {policy}. Received error: "{reason_why}"'
            _tell(world, alarm, summary, policy, "Failed", str(reason_why))
        return
    if told:
        _tell(world, alarm, f"Successfully executed action {policy}", policy, "Succeeded", None)


def _tell(world: World, alarm: Alarm, summary: str, resource: str, outcome: str, error: str | None) -> None:
    data = {"actionState": outcome, "stateUpdateTimestamp": int(alarm.changed.timestamp() * 1000)}
    data["notificationResource"] = resource
    remember(world, alarm, "Action", summary, data if error is None else {**data, "error": error})
