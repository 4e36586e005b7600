"""The approval for which a run of the pipeline waits (guide 9.2)."""

from msgspec import Struct

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.pipeline.pipelines import pipeline_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site


class _Waiting(Struct, frozen=True, kw_only=True):
    pipeline: str
    stage: str
    action: str
    token: str


@action("codepipeline.approve-run", guide="9.2")
def approve_run(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The run that waits for its approval has it, and is deployed."""
    waiting = _waiting(aws, site, env)
    (why,) = inputs.take(Question(name="summary", text="Why may it go out? Everybody who may see the run reads this."))
    return _plan(env, waiting, "Approved", why)


@action("codepipeline.reject-run", guide="9.2")
def reject_run(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The run that waits for its approval ends without being deployed."""
    waiting = _waiting(aws, site, env)
    (why,) = inputs.take(Question(name="summary", text="Why not? Everybody who may see the run reads this."))
    return _plan(env, waiting, "Rejected", why)


def _waiting(aws: Aws, site: Site, env: Environment) -> _Waiting:
    """Only an approval that is waited for has a token. CannotPlan without one."""
    name = pipeline_of(site, env)
    for stage in aws.codepipeline.stages(name):
        for one in stage.action_states:
            if one.latest_execution.status == "InProgress" and one.latest_execution.token:
                token = one.latest_execution.token
                return _Waiting(pipeline=name, stage=stage.stage_name, action=one.action_name, token=token)
    raise CannotPlan(f"no run of {name} waits for an approval", "look how far the run is; it may have been answered")


def _plan(env: Environment, waiting: _Waiting, status: str, why: str) -> Plan:
    good = status == "Approved"
    calls = (
        ApiCall(
            id="answer",
            service="codepipeline",
            operation="put_approval_result",
            parameters={
                "pipelineName": waiting.pipeline,
                "stageName": waiting.stage,
                "actionName": waiting.action,
                "result": {"summary": why, "status": status},
                "token": waiting.token,
            },
            effect="the run goes on" if good else "the run ends",
        ),
    )
    return Plan(
        action="codepipeline.approve-run" if good else "codepipeline.reject-run",
        title=f"{'Approve' if good else 'Reject'} the run of {waiting.pipeline}",
        environment=env.name,
        resource=waiting.pipeline,
        effect="The pipeline goes on to its next stage: it deploys." if good else "Nothing of this run is deployed.",
        risk=Risk.DISRUPTIVE if good else Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=f"{waiting.stage}/{waiting.action}", before="waits", after=status),),
        permissions=needed(calls),
        no_undo="a deployment that has begun can be stopped" if good else "a rejected run is started again",
    )
