"""Guide 10: the load of a quarter, as the scaling review reads it."""

from typing import Any, Final

from checks.maintenance.quarter import LOAD_NEEDS, PRESENT_NEEDS, VISITORS_NEED, present, whole_quarter
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.load_history import SPAN
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.chart import told
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, passed, unknown, warn
from runbook_tui.review import charts
from runbook_tui.review.series import Load, Measure

LEAST_DAYS: Final = 30
_NAMED: Final = 5  # gaps


@check(
    "scaling.load",
    guide="10",
    severity="low",
    scope="environment",
    needs=[*LOAD_NEEDS, *VISITORS_NEED, *PRESENT_NEEDS],
    on_request=True,
)
def load(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Ninety days of the service's load are known, hour by hour and without a gap."""
    found, now = together(lambda: whole_quarter(aws, site, env), lambda: present(aws, site, env))
    if not found.hours:
        because = f"CloudWatch knows nothing of {env.service}"
        return unknown(Cause.UNDECIDED, because, "correct the names in the site file, or wait until it has run", days=0)
    limit = float(env.scaling.out_percent)
    drawn = told(
        charts.cpu(found, limit), charts.memory(found, limit), charts.tasks(found, now), *charts.visitors(found)
    )
    evidence: dict[str, Any] = {**_summary(found), **drawn}
    if not found.known(Measure.TASKS_MAX):
        because = "how many tasks ran is not known: Container Insights is off"
        return unknown(Cause.UNDECIDED, because, "turn it on (ecs.insights), and review again in a month", **evidence)
    if found.gaps:
        hours = sum(gap.hours for gap in found.gaps)
        evidence["gaps"] = [f"{gap.start:%Y-%m-%d %H:%M}, {gap.hours} h" for gap in found.gaps[:_NAMED]]
        because = f"{hours} of {found.hours} hours have no data, in {len(found.gaps)} gaps"
        return unknown(
            Cause.UNDECIDED, because, "find out why; what the rules say does not count these hours", **evidence
        )
    if found.days < LEAST_DAYS:
        because = f"only {found.days:.0f} days are known, {LEAST_DAYS} are the least that shows a trend"
        return warn(because, "review again when there are more; until then take the proposals for hints", **evidence)
    return passed(f"{found.days:.0f} of {SPAN.days} days, every hour of them", **evidence)


def _summary(load: Load) -> dict[str, Any]:
    """Rounded: lowest, mean and highest of what there is."""
    found: dict[str, Any] = {"from": f"{load.start:%Y-%m-%d %H:%M} UTC", "days": round(load.days, 1)}
    for measure in Measure:
        values = load.known(measure)
        if values:
            spread = (min(values), sum(values) / len(values), max(values))
            found[measure.value] = " · ".join(f"{value:.4g}" for value in spread)
    return found
