"""Guide 7.2: the DynamoDB tables bear what is asked of them."""

from typing import Any, Final

from checks.concerns import named, warn_or_pass
from checks.database.chosen import DYNAMODB, unchosen
from checks.database.dynamo_tables import undefined
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.tables import tables_of
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail

MOST_THROTTLED: Final = 1.0  # percent of an operation's requests in a day


@check(
    "dynamo.capacity",
    guide="7.2",
    severity="medium",
    scope="environment",
    needs=["application-autoscaling:DescribeScalableTargets", "cloudwatch:GetMetricData", "dynamodb:DescribeTable"],
)
def capacity(aws: Aws, site: Site, env: Environment) -> Verdict:
    """No request to a DynamoDB table was throttled in a day, and none is bound to a fixed capacity."""
    elsewhere = unchosen(site, DYNAMODB)
    if elsewhere:
        return elsewhere
    names = [one.name for one in tables_of(site, env)]
    if not names:
        return undefined(env)
    tables, loads, scaled = together(
        lambda: each(aws.dynamodb.table, names),
        lambda: aws.dynamodb.loads(names, aws.now()),
        lambda: aws.dynamodb.scaled(names),
    )
    evidence: dict[str, Any] = {
        "throttles": {name: load.throttles for name, load in loads.items()},
        "billing": {one.table_name: one.billing_mode_summary.billing_mode for one in tables},
        "autoscaled": sorted(scaled),
    }
    worst = {name: load.worst for name, load in loads.items()}
    over = [
        f"{share:.1f} % of {operation} on {name}"
        for name, (operation, share) in worst.items()
        if share > MOST_THROTTLED
    ]
    remedy = "change to on-demand billing or let the autoscaler look after it; review hot keys"
    if over:
        return fail(f"throttled in the last 24 h: {', '.join(over)}", remedy, **evidence)
    some = [f"{load.throttles:.0f} on {name}" for name, load in loads.items() if load.throttles]
    fixed = [one.table_name for one in tables if one.provisioned and one.table_name not in scaled]
    concerns = [
        *([f"throttles in the last 24 h: {', '.join(some)}"] if some else []),
        *([f"a fixed capacity that nothing scales: {', '.join(fixed)}"] if fixed else []),
    ]
    return warn_or_pass(concerns, f"nothing was throttled in 24 h on {named(len(names), 'table')}", remedy, **evidence)
