"""What FIS accepts as an experiment template."""

import re
from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.experiments.durations import duration
from runbook_tui.simulator.experiments.offer import ACTIONS, RESOURCE_TYPES
from runbook_tui.simulator.refusal import Refused

_SELECTION = re.compile(r"ALL|(?:COUNT|PERCENT)\((\d+)\)")
SCOPES = ("all", "availability-zone", "dynamodb", "prefix-list", "s3", "s3express", "vpc")


def wrong(message: str) -> Refused:
    return Refused("ValidationException", message)


def validate(template: Mapping[str, Any]) -> None:
    """Raises Refused (ValidationException)."""
    targets, actions = template.get("targets") or {}, template.get("actions") or {}
    if not actions:
        raise wrong("The experiment template must have at least one action.")
    for name, target in targets.items():
        _target(name, target)
    for name, action in actions.items():
        _action(name, action, targets, actions)
    _no_circle(actions)
    for condition in template.get("stopConditions") or ():
        _stop_condition(condition)


def _target(name: str, target: Mapping[str, Any]) -> None:
    kind = target["resourceType"]
    if kind not in RESOURCE_TYPES:
        raise wrong(f"The resource type {kind} of the target {name} is not supported.")
    arns, tags = target.get("resourceArns"), target.get("resourceTags")
    if arns and tags:
        raise wrong(f"You cannot specify both resource ARNs and resource tags for target {name}.")
    if not (arns or tags or target.get("filters") or target.get("parameters")):
        raise wrong(f"You must specify resource ARNs, resource tags, filters or parameters for target {name}.")
    selection = _SELECTION.fullmatch(target["selectionMode"])
    if selection is None or selection.group(1) == "0":
        raise wrong(f"The selection mode {target['selectionMode']} of the target {name} is not valid.")
    for parameter in target.get("parameters") or {}:
        if parameter not in RESOURCE_TYPES[kind].parameters:
            raise wrong(f"The parameter {parameter} is not valid for the resource type {kind}.")


def _action(name: str, action: Mapping[str, Any], targets: Mapping[str, Any], actions: Mapping[str, Any]) -> None:
    offered = ACTIONS.get(action["actionId"])
    if offered is None:
        raise wrong(f"The action ID {action['actionId']} of the action {name} does not exist.")
    given = action.get("parameters") or {}
    for parameter in given:
        if parameter not in offered.parameters:
            raise wrong(f"The parameter {parameter} is not valid for the action {offered.id}.")
    for parameter, meant in offered.parameters.items():
        if meant.required and parameter not in given:
            raise wrong(f"The parameter {parameter} is required for the action {offered.id}.")
    _values(given)
    used = action.get("targets") or {}
    if set(used) != set(offered.targets):
        keys = ", ".join(offered.targets) or "none"
        raise wrong(f"The action {name} ({offered.id}) needs these targets: {keys}.")
    for key, target in used.items():
        if target not in targets:
            raise wrong(f"The action {name} uses the target {target}, which does not exist.")
        if targets[target]["resourceType"] != offered.targets[key]:
            raise wrong(f"The target {target} of the action {name} must be of the type {offered.targets[key]}.")
    for former in action.get("startAfter") or ():
        if former not in actions:
            raise wrong(f"The action {name} starts after {former}, which does not exist.")


def _values(given: Mapping[str, str]) -> None:
    """The values of the parameters, whatever action they belong to: their names mean one thing only."""
    if "duration" in given:
        duration(given["duration"])
    if "scope" in given and given["scope"] not in SCOPES:
        raise wrong(f"The scope {given['scope']} is not valid: one of {', '.join(SCOPES)}.")
    if (given.get("scope") == "prefix-list") is not ("prefixListIdentifier" in given):
        raise wrong("The parameter prefixListIdentifier is required if, and only if, scope is prefix-list.")
    port = given.get("port", "1")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise wrong(f"The port {port} is not valid.")
    for parameter, known in (("protocol", ("tcp", "udp")), ("trafficType", ("ingress", "egress"))):
        if given.get(parameter, known[0]) not in known:
            raise wrong(f"The value {given[parameter]} of {parameter} is not valid: one of {', '.join(known)}.")


def _no_circle(actions: Mapping[str, Any]) -> None:
    done: set[str] = set()
    while len(done) < len(actions):
        ready = {name for name, each in actions.items() if set(each.get("startAfter") or ()) <= done}
        if ready <= done:
            raise wrong("The actions of the experiment template wait for each other.")
        done |= ready


def _stop_condition(condition: Mapping[str, Any]) -> None:
    match condition["source"]:
        case "none":
            return
        case "aws:cloudwatch:alarm":
            if ":alarm:" not in str(condition.get("value", "")):
                raise wrong("A stop condition of the source aws:cloudwatch:alarm needs the ARN of an alarm.")
        case source:
            raise wrong(f"The source {source} of a stop condition is not valid.")
