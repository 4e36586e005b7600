"""What the quarterly review looks at: ninety days of load, and how the service scales now."""

from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.load_history import load_of
from runbook_tui.aws.facts.rollout_series import Behind
from runbook_tui.aws.together import together
from runbook_tui.core.fargate import cpu_units, memory_mib
from runbook_tui.core.site import Environment, Site
from runbook_tui.review.proposals import Present
from runbook_tui.review.series import Load, Measure

LOAD_NEEDS: Final = ("cloudwatch:GetMetricData",)
VISITORS_NEED: Final = ("elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups")
PRESENT_NEEDS: Final = (
    "application-autoscaling:DescribeScalableTargets",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
)


def quarter(aws: Aws, site: Site, env: Environment, *measures: Measure) -> Load:
    """Of the tasks alone, from their first hour on. CloudWatch is paid by the metric: each rule reads its own."""
    return load_of(aws.series, site.ecs.cluster, env.service, aws.now(), measures).lived


def whole_quarter(aws: Aws, site: Site, env: Environment) -> Load:
    """With what visitors asked, and what they got."""
    balancer, group = together(
        lambda: aws.elb.load_balancer(site.alb.name), lambda: aws.elb.target_group(env.target_group)
    )
    behind = Behind.of(balancer, group)
    return load_of(aws.series, site.ecs.cluster, env.service, aws.now(), tuple(Measure), behind).lived


def present(aws: Aws, site: Site, env: Environment) -> Present | None:
    """None for a service that does not scale by itself, or whose tasks have a size that cannot be read."""
    target, service = together(
        lambda: aws.autoscaling.target(site.ecs.cluster, env.service),
        lambda: aws.ecs.service(site.ecs.cluster, env.service),
    )
    definition = aws.ecs.task_definition(service.task_definition)
    cpu, memory = cpu_units(definition.cpu), memory_mib(definition.memory)
    if target is None or not cpu or not memory:
        return None
    return Present(
        lowest=target.min_capacity,
        highest=target.max_capacity,
        cpu=cpu,
        memory=memory,
        out_percent=env.scaling.out_percent,
    )
