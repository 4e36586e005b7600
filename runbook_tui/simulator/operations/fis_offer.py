"""FIS: the actions and the types of targets that it offers."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.experiments.offer import ACTIONS, RESOURCE_TYPES, Action, Parameter
from runbook_tui.simulator.experiments.views import missing, paged
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("fis", "ListActions")
def list_actions(world: World, parameters: Parameters) -> Reply:
    rows = [_action(world, each) for each in ACTIONS.values()]
    return paged("actions", [{key: row[key] for key in row if key != "parameters"} for row in rows], parameters)


@overlay("fis", "GetAction")
def get_action(world: World, parameters: Parameters) -> Reply:
    if parameters["id"] not in ACTIONS:
        raise missing(f"Action {parameters['id']} not found.")
    return {"action": _action(world, ACTIONS[parameters["id"]])}


@overlay("fis", "ListTargetResourceTypes")
def list_target_resource_types(_world: World, parameters: Parameters) -> Reply:
    rows = [{"resourceType": each.id, "description": each.description} for each in RESOURCE_TYPES.values()]
    return paged("targetResourceTypes", rows, parameters)


@overlay("fis", "GetTargetResourceType")
def get_target_resource_type(_world: World, parameters: Parameters) -> Reply:
    found = RESOURCE_TYPES.get(parameters["resourceType"])
    if found is None:
        raise missing(f"Target resource type {parameters['resourceType']} not found.")
    shown = {"resourceType": found.id, "description": found.description, "parameters": _described(found.parameters)}
    return {"targetResourceType": shown}


def _action(world: World, action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "arn": world.arn("fis", f"action/{action.id}"),
        "description": action.description,
        "parameters": _described(action.parameters),
        "targets": {key: {"resourceType": kind} for key, kind in action.targets.items()},
        "tags": {},
    }


def _described(parameters: Mapping[str, Parameter]) -> dict[str, dict[str, Any]]:
    return {name: {"description": each.description, "required": each.required} for name, each in parameters.items()}
