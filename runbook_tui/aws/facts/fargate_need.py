"""What the site's services take of Fargate at their largest, against what the account is granted."""

from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.together import each, together
from runbook_tui.core.fargate import cpu_units
from runbook_tui.core.site import Environment, Site

SERVICE: Final = "fargate"
CODE: Final = "L-3032A538"
NAME: Final = "Fargate On-Demand vCPU resource count"
ROLLING: Final = 2  # a rolling deployment runs the old tasks beside the new ones
UNITS: Final = 1024  # of one vCPU


class Need(Struct, frozen=True, kw_only=True):
    """What one service takes at its largest."""

    service: str
    tasks: int
    units: int

    @property
    def vcpu(self) -> float:
        return self.tasks * self.units / UNITS


def needs(aws: Aws, site: Site) -> tuple[Need, ...]:
    """Of every environment. Missing when a service is not there."""
    return tuple(each(lambda env: _need(aws, site, env), tuple(site.environments.values())))


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
