"""Whether runs of the pipeline may reach the service (guide 9.2)."""

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.pipeline.pipelines import deploying_stage, pipeline_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_REASON = "frozen by an operator"  # CodePipeline takes letters, digits and few signs


@action("codepipeline.freeze", guide="9.2")
def freeze(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """No run of the pipeline enters the stage that deploys; runs wait before it."""
    return _plan(aws, site, env, enabled=False)


@action("codepipeline.thaw", guide="9.2")
def thaw(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Runs of the pipeline enter the stage that deploys again; one that waits before it goes on at once."""
    return _plan(aws, site, env, enabled=True)


def _plan(aws: Aws, site: Site, env: Environment, *, enabled: bool) -> Plan:
    name = pipeline_of(site, env)
    stage = deploying_stage(aws.codepipeline.pipeline(name)).name
    found = next((one for one in aws.codepipeline.stages(name) if one.stage_name == stage), None)
    if found is None:
        raise CannotPlan(f"{name} does not tell the state of {stage}", "look again")
    before = found.inbound_transition_state
    back = _call(name, stage, enabled=before.enabled, reason=before.disabled_reason)
    calls = () if before.enabled == enabled else (_call(name, stage, enabled=enabled, undo=(back,)),)
    words = {True: "open", False: "closed"}
    return Plan(
        action="codepipeline.thaw" if enabled else "codepipeline.freeze",
        title=f"{'Open' if enabled else 'Close'} the way into {stage} of {name}",
        environment=env.name,
        resource=name,
        effect="The newest run that waits there is deployed at once."
        if enabled
        else "A run that is in the stage already goes on; every later one waits before it.",
        risk=Risk.DISRUPTIVE if enabled else Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=f"into {stage}", before=words[before.enabled], after=words[enabled]),)
        if calls
        else (),
        warnings=(f"it was closed: {before.disabled_reason}",) if calls and enabled and before.disabled_reason else (),
        permissions=needed(calls),
    )


def _call(name: str, stage: str, *, enabled: bool, reason: str = "", undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    place = {"pipelineName": name, "stageName": stage, "transitionType": "Inbound"}
    return ApiCall(
        id="transition",
        service="codepipeline",
        operation="enable_stage_transition" if enabled else "disable_stage_transition",
        parameters=place if enabled else {**place, "reason": reason or _REASON},
        effect=f"runs may enter {stage}" if enabled else f"runs wait before {stage}",
        undo=undo,
    )
