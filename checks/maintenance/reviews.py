"""Guide 10: scaling is reviewed every quarter."""

from datetime import timedelta
from typing import Any, Final

from checks.maintenance.past import days_since, ended
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.load_trend import LoadTrend
from runbook_tui.catalogue.registry import check
from runbook_tui.core.records import finished
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.state import RunState
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Verdict, fail, passed, warn

SCALING_REVIEW: Final = "quarterly-scaling-review"
SIGN: Final = "sign"  # its step, and the answer that is a signature


@check("maint.scaling-review", guide="10", severity="medium", scope="environment", needs=["cloudwatch:GetMetricData"])
def scaling_review(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Somebody has reviewed this environment's scaling in the last quarter."""
    limit, now = site.review.scaling_days, aws.now()
    trend = aws.load.of_service(site.ecs.cluster, env.service, now.date(), timedelta(days=limit))
    runs = [run for run in aws.records.history().runs if run.runbook == SCALING_REVIEW and _signed(run)]
    last = next((run for run in runs if run.environment == env.name), None)
    remedy = f"walk the quarterly review: runbook-tui run {SCALING_REVIEW} --env {env.name}"
    load = _told(trend)
    if last is None:
        return warn(f"no review of {env.name}'s scaling is recorded", remedy, **load)
    days = days_since(ended(last), now)
    evidence: dict[str, Any] = {**load, **_review(last), "days": days}
    because = f"{env.name}'s scaling was reviewed {days} days ago"
    if days > 2 * limit:
        return fail(f"{because}, allowed {limit}", remedy, **evidence)
    if days > limit:
        return warn(f"{because}, allowed {limit}", remedy, **evidence)
    return passed(because, **evidence)


def _signed(run: RunState) -> bool:
    """To its end: what was stopped on the way is no review."""
    step = run.steps.get(SIGN)
    return finished(run) and step is not None and step.option == SIGN


def _review(run: RunState) -> dict[str, Any]:
    decisions = [f"{name}: {step.option}" for name, step in run.steps.items() if step.option is not None]
    return {
        "run": run.run,
        "date": f"{ended(run):%Y-%m-%d}",
        "reviewer": clean(run.operator),
        "decisions": decisions,
    }


def _told(trend: LoadTrend) -> dict[str, Any]:
    """Per cent of the tasks' CPU: the first and the last week of the period."""
    if trend.first is None or trend.last is None:
        return {"cpu_percent": "no data"}
    return {"cpu_percent": f"{trend.first:.0f} in the first week, {trend.last:.0f} in the last"}
