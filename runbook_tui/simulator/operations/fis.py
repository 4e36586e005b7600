"""FIS: templates and experiments, and what the service offers."""

import copy
import string
from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.experiments import effects, templates
from runbook_tui.simulator.experiments.life import Life
from runbook_tui.simulator.experiments.offer import ACTIONS, RESOURCE_TYPES, Action, Parameter
from runbook_tui.simulator.experiments.store import FINISHED, Experiment, Store
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_LETTERS = string.ascii_letters + string.digits
_OF_A_TEMPLATE = ("description", "targets", "actions", "stopConditions", "roleArn", "logConfiguration")
_RUNNING_AT_ONCE = 5  # AWS's quota of active experiments


@overlay("fis", "CreateExperimentTemplate")
def create_experiment_template(world: World, parameters: Parameters) -> Reply:
    store, now = world.store(Store), world.clock.now()
    known = store.tokens.get(("template", parameters["clientToken"]))
    if known in store.templates:
        return {"experimentTemplate": _template(world, known)}
    _refuse_more(parameters)
    templates.validate(parameters)
    identifier = _identifier(world, "EXT")
    options = {"accountTargeting": "single-account", "emptyTargetResolutionMode": "fail"}
    store.tokens["template", parameters["clientToken"]] = identifier
    store.templates[identifier] = {
        "id": identifier,
        "arn": world.arn("fis", f"experiment-template/{identifier}"),
        "targets": {},
        **copy.deepcopy({key: parameters[key] for key in _OF_A_TEMPLATE if parameters.get(key) is not None}),
        "creationTime": now,
        "lastUpdateTime": now,
        "experimentOptions": options | (parameters.get("experimentOptions") or {}),
        "targetAccountConfigurationsCount": 0,
    }
    _tag(world, store.templates[identifier]["arn"], parameters.get("tags"))
    return {"experimentTemplate": _template(world, identifier)}


@overlay("fis", "UpdateExperimentTemplate")
def update_experiment_template(world: World, parameters: Parameters) -> Reply:
    former = world.store(Store).templates[_known(world, parameters["id"])]
    _refuse_more(parameters)
    changed = {key: parameters[key] for key in _OF_A_TEMPLATE if parameters.get(key) is not None}
    templates.validate({**former, **changed})
    options = former["experimentOptions"] | (parameters.get("experimentOptions") or {})
    former.update(copy.deepcopy(changed), experimentOptions=options, lastUpdateTime=world.clock.now())
    return {"experimentTemplate": _template(world, parameters["id"])}


@overlay("fis", "DeleteExperimentTemplate")
def delete_experiment_template(world: World, parameters: Parameters) -> Reply:
    deleted = _template(world, _known(world, parameters["id"]))
    del world.store(Store).templates[parameters["id"]]
    return {"experimentTemplate": deleted}


@overlay("fis", "GetExperimentTemplate")
def get_experiment_template(world: World, parameters: Parameters) -> Reply:
    return {"experimentTemplate": _template(world, _known(world, parameters["id"]))}


@overlay("fis", "ListExperimentTemplates")
def list_experiment_templates(world: World, parameters: Parameters) -> Reply:
    brief = ("id", "arn", "description", "creationTime", "lastUpdateTime", "tags")
    rows = [_brief(_template(world, each), brief) for each in world.store(Store).templates]
    return _paged("experimentTemplates", rows, parameters)


@overlay("fis", "StartExperiment")
def start_experiment(world: World, parameters: Parameters) -> Reply:
    store = world.store(Store)
    known = store.tokens.get(("experiment", parameters["clientToken"]))
    if known is not None:
        return {"experiment": _shown(world, store.experiments[known])}
    template = store.templates[_known(world, parameters["experimentTemplateId"])]
    mode = (parameters.get("experimentOptions") or {}).get("actionsMode", "run-all")
    if mode == "run-all":
        effects.refuse_the_unknown(template, template["actions"])
    _refuse_while_in_alarm(world, template)
    if sum(each.status not in FINISHED for each in store.experiments.values()) >= _RUNNING_AT_ONCE:
        raise Refused("ServiceQuotaExceededException", "The number of active experiments exceeds the quota.", 402)
    experiment = _experiment(world, template, mode)
    store.experiments[experiment.shown["id"]] = experiment
    store.tokens["experiment", parameters["clientToken"]] = experiment.shown["id"]
    _tag(world, experiment.shown["arn"], parameters.get("tags"))
    Life(world, experiment).begin()
    return {"experiment": _shown(world, experiment)}


@overlay("fis", "StopExperiment")
def stop_experiment(world: World, parameters: Parameters) -> Reply:
    experiment = _started(world, parameters["id"])
    if experiment.status in (*FINISHED, "stopping"):
        raise templates.wrong(f"The experiment {parameters['id']} cannot be stopped: it is {experiment.status}.")
    Life(world, experiment).stop("Stopping Experiment.")
    return {"experiment": _shown(world, experiment)}


@overlay("fis", "GetExperiment")
def get_experiment(world: World, parameters: Parameters) -> Reply:
    return {"experiment": _shown(world, _started(world, parameters["id"]))}


@overlay("fis", "ListExperiments")
def list_experiments(world: World, parameters: Parameters) -> Reply:
    brief = ("id", "arn", "experimentTemplateId", "state", "creationTime", "tags", "experimentOptions")
    wanted = parameters.get("experimentTemplateId")
    rows = [
        _brief(_shown(world, each), brief)
        for each in reversed(world.store(Store).experiments.values())
        if not wanted or each.shown["experimentTemplateId"] == wanted
    ]
    return _paged("experiments", rows, parameters)


@overlay("fis", "ListExperimentResolvedTargets")
def list_experiment_resolved_targets(world: World, parameters: Parameters) -> Reply:
    experiment, wanted = _started(world, parameters["experimentId"]), parameters.get("targetName")
    rows = [
        {
            "resourceType": experiment.shown["targets"][name]["resourceType"],
            "targetName": name,
            "targetInformation": dict(each.information),
        }
        for name, found in experiment.targets.items()
        for each in found
        if not wanted or name == wanted
    ]
    return _paged("resolvedTargets", rows, parameters)


@overlay("fis", "ListActions")
def list_actions(world: World, parameters: Parameters) -> Reply:
    rows = [_action(world, each) for each in ACTIONS.values()]
    return _paged("actions", [{key: row[key] for key in row if key != "parameters"} for row in rows], parameters)


@overlay("fis", "GetAction")
def get_action(world: World, parameters: Parameters) -> Reply:
    if parameters["id"] not in ACTIONS:
        raise _missing(f"Action {parameters['id']} not found.")
    return {"action": _action(world, ACTIONS[parameters["id"]])}


@overlay("fis", "ListTargetResourceTypes")
def list_target_resource_types(_world: World, parameters: Parameters) -> Reply:
    rows = [{"resourceType": each.id, "description": each.description} for each in RESOURCE_TYPES.values()]
    return _paged("targetResourceTypes", rows, parameters)


@overlay("fis", "GetTargetResourceType")
def get_target_resource_type(_world: World, parameters: Parameters) -> Reply:
    found = RESOURCE_TYPES.get(parameters["resourceType"])
    if found is None:
        raise _missing(f"Target resource type {parameters['resourceType']} not found.")
    shown = {"resourceType": found.id, "description": found.description, "parameters": _described(found.parameters)}
    return {"targetResourceType": shown}


def _experiment(world: World, template: Mapping[str, Any], mode: str) -> Experiment:
    identifier, now = _identifier(world, "EXP"), world.clock.now()
    actions = copy.deepcopy(template["actions"])
    for action in actions.values():
        action["state"] = {"status": "pending", "reason": "Initial state."}
    shown = {
        "id": identifier,
        "arn": world.arn("fis", f"experiment/{identifier}"),
        "experimentTemplateId": template["id"],
        "roleArn": template["roleArn"],
        "state": {"status": "pending", "reason": "Experiment is pending."},
        "targets": copy.deepcopy(template["targets"]),
        "actions": actions,
        "stopConditions": copy.deepcopy(template["stopConditions"]),
        "creationTime": now,
        "startTime": now,
        "experimentOptions": {**template["experimentOptions"], "actionsMode": mode},
        "targetAccountConfigurationsCount": 0,
    }
    return Experiment(shown=shown, targets={}, undo={}, appointments=[])


def _refuse_while_in_alarm(world: World, template: Mapping[str, Any]) -> None:
    for condition in template["stopConditions"]:
        if condition["source"] == "none":
            continue
        state = effects.alarm_state(world, condition["value"])
        if state in ("ALARM", "missing"):
            word = "is in the state ALARM" if state == "ALARM" else "does not exist"
            raise templates.wrong(f"The experiment cannot start: the alarm {condition['value']} {word}.")


def _refuse_more(parameters: Parameters) -> None:
    options = parameters.get("experimentOptions") or {}
    if parameters.get("experimentReportConfiguration"):
        raise not_simulated("an experiment template with a report")
    if options.get("accountTargeting") == "multi-account":
        raise not_simulated("an experiment in several accounts")


def _known(world: World, template: str) -> str:
    if template not in world.store(Store).templates:
        raise _missing(f"Experiment template {template} not found.")
    return template


def _started(world: World, experiment: str) -> Experiment:
    found = world.store(Store).experiments.get(experiment)
    if found is None:
        raise _missing(f"Experiment {experiment} not found.")
    return found


def _missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message, 404)


def _template(world: World, identifier: str) -> dict[str, Any]:
    template = world.store(Store).templates[identifier]
    return {**template, "tags": _tags(world, template["arn"])}


def _shown(world: World, experiment: Experiment) -> dict[str, Any]:
    return {**experiment.shown, "tags": _tags(world, experiment.shown["arn"])}


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


def _brief(shown: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {member: shown[member] for member in members}


def _tags(world: World, arn: str) -> dict[str, str]:
    """Tagging is moto's."""
    tags: dict[str, str] = world.backend("fis").list_tags_for_resource(arn)
    return tags


def _tag(world: World, arn: str, tags: Mapping[str, str] | None) -> None:
    if tags:
        world.backend("fis").tag_resource(arn, dict(tags))


def _identifier(world: World, kind: str) -> str:
    return kind + "".join(world.random.choices(_LETTERS, k=15))


def _paged(member: str, rows: list[dict[str, Any]], parameters: Parameters) -> Reply:
    items, token = page(rows, parameters, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {member: items, "nextToken": token}
