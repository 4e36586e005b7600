"""What visitors notice of a rollout: failures and slowness (guide 9.2)."""

from typing import Any, Final

from msgspec import Struct

from checks.release.window import now_and_before
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.error_rate import Traffic
from runbook_tui.aws.facts.rollout_series import Traced
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

FEW: Final = 50  # requests: fewer decide nothing
OUTAGE: Final = 0.05
SUSTAINED: Final = 3  # minutes on end
LEAST_BASELINE: Final = 0.001  # of requests fail in the best of weeks
WORSE: Final = 3  # times the week before
MUCH_WORSE: Final = 10
SLOWER: Final = 3
QUICK: Final = 4  # a latency of a quarter of the alarm's is good, whatever it was a week before

_NEEDS: Final = [
    "cloudwatch:GetMetricData",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
]


class _Limits(Struct, frozen=True, kw_only=True):
    """``before`` is the rate of the week before, None when nothing is stored of it."""

    most: float
    before: float | None

    def is_bad(self, rate: float) -> bool:
        if rate > OUTAGE:
            return True
        return rate > self.most and self.before is not None and rate > MUCH_WORSE * self.before

    def is_good(self, rate: float) -> bool:
        return rate <= self.most and (self.before is None or rate <= WORSE * self.before)


@check("roll.5xx-rate", guide="9.2", severity="critical", scope="environment", needs=_NEEDS)
def error_rate(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Requests fail no more often than the site allows, nor than a week before."""
    now, before = now_and_before(aws, site, env)
    traffic, former = Traffic.of(now.counts, now.window), Traffic.of(before.counts, before.window)
    baseline = None if former.rate is None else max(former.rate, LEAST_BASELINE)
    limits = _Limits(most=site.roll.max_5xx_percent / 100, before=baseline)
    evidence = _summary(traffic, former)
    remedy = "stop the deployment and roll it back"
    if traffic.hostless:
        because = f"{env.target_group} had no healthy host in {traffic.hostless} of {len(traffic.minutes)} min"
        return fail(because, remedy, **evidence)
    if not traffic.hosts_known:
        because = f"CloudWatch tells of no host of {env.target_group}: none is registered, or its metrics are late"
        return unknown(Cause.UNDECIDED, because, "see tg.targets-healthy, then re-check in two minutes", **evidence)
    because = _told(traffic, former)
    if traffic.longest(limits.is_bad) >= SUSTAINED:
        return fail(f"{because}, for {SUSTAINED} minutes on end or more", remedy, **evidence)
    rate = traffic.rate
    if rate is None or traffic.asked < FEW:
        few = f"{traffic.asked:.0f} requests in {len(traffic.minutes)} min, fewer than {FEW}: too few to tell"
        return warn(few, "ask the smoke route some times, or wait for visitors", **evidence)
    if limits.is_good(rate):
        return passed(because, **evidence)
    return warn(because, "watch it, and be ready to stop the deployment", **evidence)


def _told(traffic: Traffic, former: Traffic) -> str:
    rate = traffic.rate or 0.0
    compared = "nothing stored of the week before" if former.rate is None else f"{former.rate:.2%} a week before"
    return f"{rate:.2%} of {traffic.asked:.0f} requests failed, {compared}"


def _summary(traffic: Traffic, former: Traffic) -> dict[str, Any]:
    return {
        "minutes": len(traffic.minutes),
        "requests": round(traffic.asked),
        "errors": round(traffic.errors),
        "balancer_5xx_of_all": round(traffic.balancer_failed),
        "percent": [None if one.rate is None else round(100 * one.rate, 2) for one in traffic.minutes],
        "healthy_hosts": [one.healthy for one in traffic.minutes],
        "before": {"requests": round(former.asked), "errors": round(former.errors)},
    }


@check("roll.latency", guide="9.2", severity="high", scope="environment", needs=_NEEDS)
def latency(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The application answers as quickly as a week before."""
    now, before = now_and_before(aws, site, env)
    asked = Traffic.of(now.counts, now.window).asked
    p95, former = now.times["p95"], before.times["p95"]
    evidence = {"now": _shown(now), "before": _shown(before), "requests": round(asked)}
    remedy = "compare the revisions, and the database's latency"
    if p95 is None or asked < FEW:
        few = f"{asked:.0f} requests in {len(now.window.minutes)} min, fewer than {FEW}: too few to tell"
        return warn(few, "ask the smoke route some times, or wait for visitors", **evidence)
    limit = site.alarm.p95_seconds
    because = f"p95 {p95 * 1000:.0f} ms"
    if former is None:
        because += ", nothing stored of the week before"
        if p95 <= limit:
            return passed(because, **evidence)
        return warn(f"{because}, expected {limit * 1000:.0f} ms", remedy, **evidence)
    because += f", {former * 1000:.0f} ms a week before"
    if p95 <= site.roll.max_p95_ratio * former or p95 <= limit / QUICK:
        return passed(because, **evidence)
    if p95 > SLOWER * former:
        return fail(because, remedy, **evidence)
    return warn(because, remedy, **evidence)


def _shown(found: Traced) -> dict[str, int | None]:
    return {f"{name}_ms": None if value is None else round(value * 1000) for name, value in found.times.items()}
