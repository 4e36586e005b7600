"""Guide 9.3: what the backend costs, and who notices when it costs more."""

from datetime import timedelta
from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import NotEnabled
from runbook_tui.aws.facts.cost import SETTLING, Spend
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, skip, unknown, warn

DAYS: Final = 7
MONTH: Final = 365 / 12  # days
DOUBLED: Final = 100.0  # per cent more


def _asks_first(site: Site) -> Verdict | None:
    """SKIP where the site has not allowed questions that cost money."""
    if site.cost.allow_paid_calls is True:
        return None
    because = (
        "each question to Cost Explorer costs about 0.01 USD: set cost.allow_paid_calls: true in the site to let "
        "this check ask"
    )
    return skip(because)


@check("review.cost-baseline", guide="9.3", severity="medium", scope="account", needs=["ce:GetCostAndUsage"])
def baseline(aws: Aws, site: Site) -> Verdict:
    """A week of the backend costs what was written down as its baseline."""
    if (waiting := _asks_first(site)) is not None:
        return waiting
    last = aws.now().date() - 2 * SETTLING
    try:
        spend = aws.cost.spend(site.cost.tag, last, DAYS)
    except NotEnabled as problem:
        remedy = "enable Cost Explorer; the first figures come after about a day"
        return unknown(Cause.UNDECIDED, f"Cost Explorer has nothing to tell: {problem.what}", remedy)
    monthly = spend.daily * MONTH
    evidence = _evidence(spend, monthly, site)
    if spend.daily <= 0:
        because = f"Cost Explorer knows no cost of {site.cost.tag}: it is no active cost allocation tag, or too new"
        return unknown(Cause.UNDECIDED, because, "activate the tag, then wait a day", **evidence)
    known = site.cost.baseline_monthly
    if not known:
        because = f"no baseline is written down; the backend costs {monthly:.2f} USD a month"
        return warn(because, f"set cost.baseline_monthly: {monthly:.2f} in the site", **evidence)
    growth = (monthly / known - 1) * 100
    because = f"{monthly:.2f} USD a month, {growth:+.0f} % against the baseline of {known:.2f}"
    remedy = "look at NAT, endpoints, Container Insights and logs first; if it is meant to be, write the new baseline"
    if growth > DOUBLED:
        return fail(because, remedy, **evidence)
    if growth > site.cost.max_growth_percent:
        return warn(because, remedy, **evidence)
    return passed(because, **evidence)


def _evidence(spend: Spend, monthly: float, site: Site) -> dict[str, Any]:
    return {
        "tag": site.cost.tag,
        "baseline_monthly_usd": site.cost.baseline_monthly,
        "monthly_usd": round(monthly, 2),
        "daily_usd": {f"{day}": round(usd, 2) for day, usd in spend.totals.items()},
        "daily_usd_by_service": {name: round(usd, 2) for name, usd in spend.of_services().items()},
    }


@check("review.cost-tags", guide="9.3", severity="low", scope="account", needs=["ce:ListCostAllocationTags"])
def tags(aws: Aws, site: Site) -> Verdict:
    """The tag by which the backend's costs are told apart is an active cost allocation tag."""
    if (waiting := _asks_first(site)) is not None:
        return waiting
    key = site.cost.tag.partition("=")[0]
    found = aws.cost.allocation_tag(key)
    status = found.status if found is not None else "not seen in any bill"
    if status == "Active":
        return passed(f"{key} is active", key=key, status=status)
    remedy = f"activate {key} as a cost allocation tag in the payer account; it takes up to a day"
    return warn(f"{key} is {status}", remedy, key=key, status=status)


@check(
    "review.cost-guards",
    guide="9.3",
    severity="low",
    scope="account",
    needs=["budgets:ViewBudget", "ce:GetAnomalies", "ce:GetAnomalyMonitors"],
)
def guards(aws: Aws, site: Site) -> Verdict:
    """A budget and an anomaly monitor watch the costs, and neither has anything to say."""
    if (waiting := _asks_first(site)) is not None:
        return waiting
    account = site.aws.account_id or aws.identity.caller().account
    since = aws.now().date() - timedelta(days=site.review.days)
    budgets, monitors, anomalies = together(
        lambda: aws.cost.budgets(account), aws.cost.monitors, lambda: aws.cost.anomalies(since)
    )
    wanted = site.cost.budget_name
    meant = [one for one in budgets if wanted is None or one.budget_name == wanted]
    open_ones = [one for one in anomalies if one.feedback not in ("NO", "PLANNED_ACTIVITY")]
    concerns = []
    if not meant:
        concerns.append(f"there is no budget {wanted}" if wanted else "there is no budget")
    for one in meant:
        limit = one.budget_limit.usd if one.budget_limit is not None else None
        if limit is not None and one.forecast is not None and one.forecast > limit:
            concerns.append(f"{one.budget_name} is forecast at {one.forecast:.2f} USD, its limit is {limit:.2f}")
    if not monitors:
        concerns.append("no anomaly monitor watches the costs")
    concerns += [f"an anomaly nobody has answered: {one.label}" for one in open_ones]
    evidence: dict[str, Any] = {
        "budgets": {
            one.budget_name: {
                "limit_usd": one.budget_limit.usd if one.budget_limit is not None else None,
                "forecast_usd": one.forecast,
            }
            for one in meant
        },
        "monitors": [one.monitor_name for one in monitors],
        "anomalies": [one.label for one in open_ones],
    }
    remedy = "create a budget and a monitor that send to the topic; answer anomalies in the billing console"
    return warn_or_pass(concerns, "budget and monitor are silent", remedy, **evidence)
