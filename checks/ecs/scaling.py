"""Whether the service is registered for autoscaling, and how that went of late (guide 5.3)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.autoscaling import AT_MAX, ScalableTarget
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, blocked, fail

LOOKED_AT: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
FLAPPING: Final = 20  # activities within a day
LEAST_IN_PROD: Final = 2
NOT_DONE: Final = ("Failed", "Unfulfilled")


@check(
    "ecs.scaling.target",
    guide="5.3",
    severity="high",
    scope="environment",
    needs=["application-autoscaling:DescribeScalableTargets", "ecs:DescribeServices"],
)
def target(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The service may scale within the site's bounds, and nothing of it is suspended."""
    found = aws.autoscaling.target(site.ecs.cluster, env.service)
    service = aws.ecs.service(site.ecs.cluster, env.service)
    wanted = env.scaling
    remedy = f"register the service as a scalable target from {wanted.min} to {wanted.max} tasks"
    if found is None:
        return fail(f"{env.service} is not registered for autoscaling", remedy, registered=False)
    evidence: dict[str, Any] = {
        "min": found.min_capacity,
        "max": found.max_capacity,
        "suspended": list(found.suspended_state.suspended),
        "desired": service.desired_count,
        "expected": f"{wanted.min} to {wanted.max}",
    }
    if env.is_prod and found.min_capacity < LEAST_IN_PROD:
        return fail(f"min is {found.min_capacity}: one task may be all there is", remedy, **evidence)
    concerns = _concerns(found, env, service.desired_count)
    good = f"{found.min_capacity} to {found.max_capacity} tasks, nothing suspended"
    return warn_or_pass(concerns, good, remedy, **evidence)


def _concerns(found: ScalableTarget, env: Environment, desired: int) -> list[str]:
    wanted, concerns = env.scaling, []
    low, high = found.min_capacity, found.max_capacity
    if low < wanted.min:
        concerns.append(f"min is {low}, expected {wanted.min}")
    if high <= low:
        concerns.append(f"max is {high}: nothing is left to scale to")
    if high != wanted.max:
        concerns.append(f"max is {high}, expected {wanted.max}")
    if found.suspended_state.suspended:
        concerns.append(f"{', '.join(found.suspended_state.suspended)} suspended")
    if not low <= desired <= high:
        concerns.append(f"desired count {desired} is outside {low} to {high}")
    return concerns


@check(
    "ecs.scaling.activity",
    guide="5.3",
    severity="low",
    scope="environment",
    needs=["application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingActivities"],
)
def activity(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Autoscaling did what it wanted to in the last week, and not too often."""
    now = aws.now()
    if aws.autoscaling.target(site.ecs.cluster, env.service) is None:
        return blocked("ecs.scaling.target", f"{env.service} is not registered for autoscaling")
    recent = [
        one for one in aws.autoscaling.activities(site.ecs.cluster, env.service) if now - one.start_time <= LOOKED_AT
    ]
    statuses = Counter(one.status_code for one in recent if not one.not_scaled_reasons)
    reasons = Counter(reason.code for one in recent for reason in one.not_scaled_reasons)
    scaled = [one.start_time for one in recent if not one.not_scaled_reasons]
    busiest = most_within(scaled, DAY)
    evidence = {"statuses": dict(statuses), "not_scaled": dict(reasons), "most_within_a_day": busiest}
    concerns = [f"{statuses[status]} {status.lower()}" for status in NOT_DONE if statuses[status]]
    if reasons[AT_MAX]:
        concerns.append(f"{reasons[AT_MAX]} times at its maximum already ({AT_MAX})")
    if busiest > FLAPPING:
        concerns.append(f"{busiest} activities within a day: it flaps")
    good = f"{len(scaled)} activities in {LOOKED_AT.days} days, none failed"
    return warn_or_pass(concerns, good, "raise max, or widen the thresholds or the cooldown", **evidence)


def most_within(times: Sequence[datetime], span: timedelta) -> int:
    """The most of them that lie within one span, wherever it begins."""
    ordered, first, most = sorted(times), 0, 0
    for place, time in enumerate(ordered):
        while time - ordered[first] > span:
            first += 1
        most = max(most, place - first + 1)
    return most
