"""Whether the account lets the services scale as far as they may (guide 5.3)."""

from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.fargate_need import CODE, NAME, ROLLING, SERVICE, UNITS, needs
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn


@check(
    "ecs.quota",
    guide="5.3",
    severity="medium",
    scope="account",
    needs=[
        "application-autoscaling:DescribeScalableTargets",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "servicequotas:GetServiceQuota",
        "servicequotas:ListServiceQuotas",
    ],
)
def quota(aws: Aws, site: Site) -> Verdict:
    """The account's quota lets every service scale to its maximum, and be deployed then."""
    granted, needed = together(lambda: aws.quotas.quota(SERVICE, CODE, NAME), lambda: needs(aws, site))
    wanted = sum(need.vcpu for need in needed)
    evidence: dict[str, Any] = {
        "quota": granted.quota_name,
        "vcpu": granted.value,
        "needed": {need.service: f"{need.tasks} tasks of {need.units / UNITS:g} vCPU" for need in needed},
        "sum": wanted,
    }
    remedy = f"request at least {ROLLING * wanted:g} vCPU of {NAME} ({CODE}) in Service Quotas"
    if granted.value < wanted:
        because = f"{granted.value:g} vCPU are granted, {wanted:g} are needed when all services are at their maximum"
        return fail(because, remedy, **evidence)
    if granted.value < ROLLING * wanted:
        because = f"{granted.value:g} vCPU are granted: enough for {wanted:g}, too few to deploy at the maximum"
        return warn(because, remedy, **evidence)
    return passed(f"{granted.value:g} vCPU are granted, {ROLLING * wanted:g} at most are needed", **evidence)
