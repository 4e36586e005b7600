"""The answer that a deployment waits for at one of its hooks (guide 9.2)."""

from typing import Final

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_WAITS: Final = "AWAITING_ACTION"
_ANSWERS: Final = (
    Choice(value="CONTINUE", label="Continue the deployment"),
    Choice(value="ROLLBACK", label="Go back to the last good revision"),
)


@action("ecs.answer-hook", guide="9.2")
def answer_hook(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The hook at which the deployment waits has its answer, and it goes on, or back."""
    listed = aws.ecs.service_deployments(site.ecs.cluster, env.service)
    newest = aws.ecs.service_deployment(listed[0].arn) if listed else None
    waiting = [one.hook_id for one in newest.lifecycle_hook_details if one.status == _WAITS] if newest else []
    if newest is None or not waiting:
        raise CannotPlan("no hook of the newest deployment waits for an answer", "read the events of the service")
    hook, chosen = inputs.take(
        Question(
            name="hook",
            text="Which hook?",
            choices=tuple(Choice(value=one, label=one) for one in waiting),
            default=waiting[0],
        ),
        Question(name="answer", text="What is its answer?", choices=_ANSWERS),
    )
    calls = (
        ApiCall(
            id="answer",
            service="ecs",
            operation="continue_service_deployment",
            parameters={"serviceDeploymentArn": newest.arn, "hookId": hook, "action": chosen},
            effect="the deployment goes on" if chosen == "CONTINUE" else "the deployment goes back",
        ),
    )
    return Plan(
        action="ecs.answer-hook",
        title=f"Answer {chosen} to hook {hook}",
        environment=env.name,
        resource=env.service,
        effect="ECS goes on to the next stage of the deployment."
        if chosen == "CONTINUE"
        else "ECS ends the deployment and goes back to the revision of the last one that succeeded.",
        risk=Risk.DISRUPTIVE,
        calls=calls,
        differences=(Difference(what=f"hook {hook}", before=_WAITS, after=chosen),),
        permissions=needed(calls),
        no_undo="an answer cannot be taken back; a deployment that goes on can be stopped",
        seen={"deployment": newest.arn},
    )
