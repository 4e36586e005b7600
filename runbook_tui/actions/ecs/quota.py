"""How much Fargate the account may use at once (guide 5.3)."""

import math

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.fargate_need import CODE, NAME, ROLLING, SERVICE, needs
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_NEVER: str = "a request cannot be taken back, and a quota that was granted cannot be lowered by an API"


@action("ecs.request-quota", guide="5.3", fixes=("ecs.quota",))
def request_quota(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """AWS is asked for as much Fargate as all services take while they are deployed at their largest."""
    granted = aws.quotas.quota(SERVICE, CODE, NAME)
    least = math.ceil(ROLLING * sum(need.vcpu for need in needs(aws, site)))
    (given,) = inputs.take(
        Question(
            name="vcpu",
            text=f"How many vCPU? {granted.value:g} are granted, {least} are needed.",
            default=str(max(least, math.ceil(granted.value))),
        )
    )
    wanted = _number(given)
    asked = max((one.desired_value for one in aws.quotas.requests(SERVICE, CODE) if one.open), default=0.0)
    if 0.0 < asked < wanted and granted.value < wanted:
        raise CannotPlan(f"a request for {asked:g} vCPU is open", "wait for its end: AWS takes one at a time")
    calls = () if max(granted.value, asked) >= wanted else (_request(wanted),)
    return Plan(
        action="ecs.request-quota",
        title=f"Ask AWS for {wanted} vCPU of Fargate",
        environment=env.name,
        resource=NAME,
        effect="AWS grants it within minutes, or looks at it for days: ecs.quota passes when it is granted.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=NAME, before=f"{granted.value:g}", after=f"{wanted} asked for"),) if calls else (),
        permissions=needed(calls),
        no_undo=_NEVER if calls else "",
    )


def _number(text: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= 100_000:
        raise CannotPlan(f"{text} is no number of vCPU", "choose a whole number")
    return int(text)


def _request(wanted: int) -> ApiCall:
    return ApiCall(
        id="request",
        service="service-quotas",
        operation="request_service_quota_increase",
        parameters={"ServiceCode": SERVICE, "QuotaCode": CODE, "DesiredValue": float(wanted)},
        effect=f"{wanted} vCPU are asked for",
    )
