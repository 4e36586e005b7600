"""Whether the account lets the services scale as far as they may (guide 5.3)."""

from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.fargate import cpu_units
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn

CODE: Final = "L-3032A538"
NAME: Final = "Fargate On-Demand vCPU resource count"
ROLLING: Final = 2  # a rolling deployment runs the old tasks beside the new ones
_UNITS: Final = 1024  # of one vCPU


class Need(Struct, frozen=True, kw_only=True):
    """What one service takes at its largest."""

    service: str
    tasks: int
    units: int

    @property
    def vcpu(self) -> float:
        return self.tasks * self.units / _UNITS


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
    granted, needs = together(
        lambda: aws.quotas.quota("fargate", CODE, NAME),
        lambda: each(lambda env: _need(aws, site, env), tuple(site.environments.values())),
    )
    wanted = sum(need.vcpu for need in needs)
    evidence: dict[str, Any] = {
        "quota": granted.quota_name,
        "vcpu": granted.value,
        "needed": {need.service: f"{need.tasks} tasks of {need.units / _UNITS:g} vCPU" for need in needs},
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


def _need(aws: Aws, site: Site, env: Environment) -> Need:
    service, target = together(
        lambda: aws.ecs.service(site.ecs.cluster, env.service),
        lambda: aws.autoscaling.target(site.ecs.cluster, env.service),
    )
    definition = aws.ecs.task_definition(service.task_definition)
    units = cpu_units(definition.cpu)
    if units is None:
        raise Malformed(f"{definition.label} has no size that can be read", remedy="see ecs.taskdef.size")
    tasks = target.max_capacity if target is not None else service.desired_count
    return Need(service=env.service, tasks=tasks, units=units)
