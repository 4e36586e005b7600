"""An experiment of AWS's Fault Injection Service: it ends by itself, on AWS's side, whatever becomes of us."""

from runbook_tui.actions.drill.cut import Cut
from runbook_tui.actions.drill.places import Places, keep_production_out
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.fis import OF_SUBNETS, OF_TASKS, Template, minutes, templates
from runbook_tui.aws.facts.leftovers import MARKER
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import ApiCall, Difference, Ready, answer, token
from runbook_tui.core.site import Environment, Site

_ENDED = ("stopped", "completed", "cancelled", "failed")


def start_experiment(aws: Aws, site: Site, env: Environment, places: Places) -> Cut:
    """By the one template that is tagged with the environment."""
    known = templates(aws.reader, env.name)
    if len(known) != 1:
        told = ", ".join(one.id for one in known) or "none"
        raise CannotPlan(
            f"one experiment template has to carry the tag Environment={env.name} and cut something off: {told}",
            "make one, or choose another way",
        )
    (chosen,) = known
    warnings = _whom_it_hits(chosen, env, places)
    lasts = max(minutes(one.parameters.get("duration", "PT0S")) for one in chosen.actions.values())
    if lasts > site.dr.max_minutes:
        because = f"{chosen.id} lasts {lasts:.0f} minutes, and a drill {site.dr.max_minutes} at most"
        raise CannotPlan(because, "shorten its duration, or change dr.max_minutes in the site file")
    what = ", ".join(sorted(one.action_id for one in chosen.actions.values()))
    return Cut(
        resource=chosen.id,
        effect=f"The experiment {chosen.id} runs for {lasts:.0f} minutes: {what}.",
        calls=(_start(chosen, env),),
        differences=(Difference(what=f"experiment of {chosen.id}", before="", after="running"),),
        warnings=warnings,
    )


def _whom_it_hits(template: Template, env: Environment, places: Places) -> tuple[str, ...]:
    warnings: list[str] = []
    for step in template.actions.values():
        targets = [template.targets[name] for name in step.targets.values() if name in template.targets]
        if step.action_id == OF_SUBNETS:
            warnings += keep_production_out(env, f"the subnets of {template.id}", places.in_subnets())
        elif step.action_id == OF_TASKS and any(one.parameters.get("service") != env.service for one in targets):
            raise CannotPlan(f"{template.id} is not for {env.service} alone", "set its target's parameter service")
    return tuple(warnings)


def _start(template: Template, env: Environment) -> ApiCall:
    experiment = {"id": answer("start", "experiment.id")}
    ended = Ready(
        operation="get_experiment",
        parameters=experiment,
        path="experiment.state.status",
        wanted=_ENDED,
        timeout=120.0,
        every=2.0,
    )
    running = Ready(
        operation="get_experiment",
        parameters=experiment,
        path="experiment.state.status",
        wanted=("running", "completed"),
        failed=("failed", "cancelled", "stopped"),
        timeout=120.0,
        every=2.0,
    )
    back = ApiCall(
        id="stop",
        service="fis",
        operation="stop_experiment",
        parameters=experiment,
        effect="the experiment puts back what it has changed",
        gone=("ResourceNotFoundException", "ValidationException"),  # it had ended: its state is looked at
        ready=ended,
    )
    return ApiCall(
        id="start",
        service="fis",
        operation="start_experiment",
        parameters={
            "experimentTemplateId": template.id,
            "clientToken": token(),
            "tags": {MARKER: env.name},
        },
        effect="the experiment cuts the database off",
        ready=running,
        undo=(back,),
    )
