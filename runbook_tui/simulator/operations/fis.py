"""FIS: experiments."""

import copy
from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.experiments import effects, templates
from runbook_tui.simulator.experiments.life import Life
from runbook_tui.simulator.experiments.store import FINISHED, Experiment, Store
from runbook_tui.simulator.experiments.views import (
    brief,
    experiment_shown,
    identifier,
    known_template,
    paged,
    started,
    tag,
)
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_RUNNING_AT_ONCE = 5  # AWS's quota of active experiments
_IN_A_LIST = ("id", "arn", "experimentTemplateId", "state", "creationTime", "tags", "experimentOptions")


@overlay("fis", "StartExperiment")
def start_experiment(world: World, parameters: Parameters) -> Reply:
    store = world.store(Store)
    known = store.tokens.get(("experiment", parameters["clientToken"]))
    if known is not None:
        return {"experiment": experiment_shown(world, store.experiments[known])}
    template = store.templates[known_template(world, parameters["experimentTemplateId"])]
    mode = (parameters.get("experimentOptions") or {}).get("actionsMode", "run-all")
    if mode == "run-all":
        effects.refuse_the_unknown(template["actions"])
    _refuse_while_in_alarm(world, template)
    if sum(each.status not in FINISHED for each in store.experiments.values()) >= _RUNNING_AT_ONCE:
        raise Refused("ServiceQuotaExceededException", "The number of active experiments exceeds the quota.", 402)
    experiment = _experiment(world, template, mode)
    store.experiments[experiment.shown["id"]] = experiment
    store.tokens["experiment", parameters["clientToken"]] = experiment.shown["id"]
    tag(world, experiment.shown["arn"], parameters.get("tags"))
    Life(world, experiment).begin()
    return {"experiment": experiment_shown(world, experiment)}


@overlay("fis", "StopExperiment")
def stop_experiment(world: World, parameters: Parameters) -> Reply:
    experiment = started(world, parameters["id"])
    if experiment.status in (*FINISHED, "stopping"):
        raise templates.wrong(f"The experiment {parameters['id']} cannot be stopped: it is {experiment.status}.")
    Life(world, experiment).stop("Stopping Experiment.")
    return {"experiment": experiment_shown(world, experiment)}


@overlay("fis", "GetExperiment")
def get_experiment(world: World, parameters: Parameters) -> Reply:
    return {"experiment": experiment_shown(world, started(world, parameters["id"]))}


@overlay("fis", "ListExperiments")
def list_experiments(world: World, parameters: Parameters) -> Reply:
    wanted = parameters.get("experimentTemplateId")
    rows = [
        brief(experiment_shown(world, each), _IN_A_LIST)
        for each in reversed(world.store(Store).experiments.values())
        if not wanted or each.shown["experimentTemplateId"] == wanted
    ]
    return paged("experiments", rows, parameters)


@overlay("fis", "ListExperimentResolvedTargets")
def list_experiment_resolved_targets(world: World, parameters: Parameters) -> Reply:
    experiment, wanted = started(world, parameters["experimentId"]), parameters.get("targetName")
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
    return paged("resolvedTargets", rows, parameters)


def _experiment(world: World, template: Mapping[str, Any], mode: str) -> Experiment:
    made, now = identifier(world, "EXP"), world.clock.now()
    actions = copy.deepcopy(template["actions"])
    for action in actions.values():
        action["state"] = {"status": "pending", "reason": "Initial state."}
    shown = {
        "id": made,
        "arn": world.arn("fis", f"experiment/{made}"),
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
