"""FIS: experiment templates."""

import copy

from runbook_tui.simulator.experiments import templates
from runbook_tui.simulator.experiments.store import Store
from runbook_tui.simulator.experiments.views import brief, identifier, known_template, paged, tag, template_shown
from runbook_tui.simulator.refusal import not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_OF_A_TEMPLATE = ("description", "targets", "actions", "stopConditions", "roleArn", "logConfiguration")
_IN_A_LIST = ("id", "arn", "description", "creationTime", "lastUpdateTime", "tags")


@overlay("fis", "CreateExperimentTemplate")
def create_experiment_template(world: World, parameters: Parameters) -> Reply:
    store, now = world.store(Store), world.clock.now()
    known = store.tokens.get(("template", parameters["clientToken"]))
    if known in store.templates:
        return {"experimentTemplate": template_shown(world, known)}
    _refuse_more(parameters)
    templates.validate(parameters)
    made = identifier(world, "EXT")
    options = {"accountTargeting": "single-account", "emptyTargetResolutionMode": "fail"}
    store.tokens["template", parameters["clientToken"]] = made
    store.templates[made] = {
        "id": made,
        "arn": world.arn("fis", f"experiment-template/{made}"),
        "targets": {},
        **copy.deepcopy({key: parameters[key] for key in _OF_A_TEMPLATE if parameters.get(key) is not None}),
        "creationTime": now,
        "lastUpdateTime": now,
        "experimentOptions": options | (parameters.get("experimentOptions") or {}),
        "targetAccountConfigurationsCount": 0,
    }
    tag(world, store.templates[made]["arn"], parameters.get("tags"))
    return {"experimentTemplate": template_shown(world, made)}


@overlay("fis", "UpdateExperimentTemplate")
def update_experiment_template(world: World, parameters: Parameters) -> Reply:
    former = world.store(Store).templates[known_template(world, parameters["id"])]
    _refuse_more(parameters)
    changed = {key: parameters[key] for key in _OF_A_TEMPLATE if parameters.get(key) is not None}
    templates.validate({**former, **changed})
    options = former["experimentOptions"] | (parameters.get("experimentOptions") or {})
    former.update(copy.deepcopy(changed), experimentOptions=options, lastUpdateTime=world.clock.now())
    return {"experimentTemplate": template_shown(world, parameters["id"])}


@overlay("fis", "DeleteExperimentTemplate")
def delete_experiment_template(world: World, parameters: Parameters) -> Reply:
    deleted = template_shown(world, known_template(world, parameters["id"]))
    del world.store(Store).templates[parameters["id"]]
    return {"experimentTemplate": deleted}


@overlay("fis", "GetExperimentTemplate")
def get_experiment_template(world: World, parameters: Parameters) -> Reply:
    return {"experimentTemplate": template_shown(world, known_template(world, parameters["id"]))}


@overlay("fis", "ListExperimentTemplates")
def list_experiment_templates(world: World, parameters: Parameters) -> Reply:
    rows = [brief(template_shown(world, each), _IN_A_LIST) for each in world.store(Store).templates]
    return paged("experimentTemplates", rows, parameters)


def _refuse_more(parameters: Parameters) -> None:
    options = parameters.get("experimentOptions") or {}
    if parameters.get("experimentReportConfiguration"):
        raise not_simulated("an experiment template with a report")
    if options.get("accountTargeting") == "multi-account":
        raise not_simulated("an experiment in several accounts")
