"""Guide 10: outages of the database are practised."""

from datetime import timedelta
from typing import Any

from checks.maintenance.past import days_since, ended, open_cuts
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.registry import check
from runbook_tui.core.records import green, injected, method_of, recovery_time
from runbook_tui.core.runbook import Family
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.state import RunState
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn


@check("maint.dr-test", guide="10", severity="high", scope="environment")
def dr_test(aws: Aws, site: Site, env: Environment) -> Verdict:
    """An outage of the database was practised this half-year, and the service was whole again in time."""
    history = aws.records.history()
    drilled = _drilled(site, env)
    drills = [run for run in history.of(Family.DR, drilled) if injected(run) and run.phase.over]
    left = [run for run in open_cuts(aws, history) if run.environment == drilled]
    remedy = f"walk the drill: runbook-tui list runbooks, family dr, --env {drilled}"
    if left:
        because = f"what {left[0].run} cut was never put back, as far as its journal tells"
        return fail(because, "resume it, and walk its restore step", runs=[run.run for run in left])
    if history.damaged:
        because = f"a journal is damaged and may hold a drill: {history.damaged[0]}"
        return unknown(Cause.UNDECIDED, because, "runbook-tui audit verify", damaged=list(history.damaged))
    if not drills:
        return warn(f"no outage of {drilled}'s database has been practised", remedy)
    return _judged(drills[0], aws, site, remedy)


def _drilled(site: Site, env: Environment) -> str:
    """Where this environment's drills are: in its own, unless the site practises in the other one alone."""
    return (
        env.name
        if env.name == site.dr.allowed_env or site.dr.allowed_env not in site.environments
        else (site.dr.allowed_env)
    )


def _judged(last: RunState, aws: Aws, site: Site, remedy: str) -> Verdict:
    days, took = days_since(ended(last), aws.now()), recovery_time(last)
    evidence: dict[str, Any] = {
        "run": last.run,
        "environment": last.environment,
        "date": f"{ended(last):%Y-%m-%d}",
        "recovery_minutes": round(took / timedelta(minutes=1), 1) if took is not None else "not told",
        "method": method_of(last) or "not told",
    }
    limit = site.dr.rto_minutes
    because = f"{last.environment}'s last drill was {days} days ago"
    if not green(last):
        ending = last.verdict.value if last.verdict is not None else last.phase.value
        return fail(f"{because} and ended {ending}; it was not repeated", remedy, **evidence)
    if took is not None and took > timedelta(minutes=limit):
        minutes = f"{took / timedelta(minutes=1):.1f}"
        return fail(f"{because}: whole again after {minutes} minutes, allowed {limit}", remedy, **evidence)
    if took is None:
        return warn(f"{because}; its journal does not tell how long the recovery took", remedy, **evidence)
    if days > site.review.dr_days:
        return warn(f"{because}, allowed {site.review.dr_days}", remedy, **evidence)
    return passed(f"{because}: whole again after {took / timedelta(minutes=1):.1f} minutes", **evidence)
