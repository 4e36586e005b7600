"""Guide 10: what a drill shows while it lasts, and how long it took."""

from datetime import datetime, timedelta
from typing import Any

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.own_alarms import of_environment
from runbook_tui.catalogue.registry import check
from runbook_tui.core.chart import told
from runbook_tui.core.drill import Drill, drill, findings
from runbook_tui.core.drill_chart import looked
from runbook_tui.core.records import injected
from runbook_tui.core.runbook import Family
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.state import RunState
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn


@check(
    "drill.alarm",
    guide="10",
    severity="low",
    scope="environment",
    needs=["cloudwatch:DescribeAlarms"],
    on_request=True,
)
def alarm(aws: Aws, site: Site, env: Environment) -> Verdict:
    """An alarm tells of the outage that the drill has made."""
    run = _latest(aws, env)
    seen = drill(aws.records.entries(run.run)) if run is not None else Drill()
    if seen.cut is None:
        return skip("no drill has cut anything off yet")
    judged = of_environment(aws.cloudwatch.alarms(), site, env)
    cut = seen.cut
    ringing = [one for one in judged if one.state_value == "ALARM" and (one.since is None or one.since >= cut)]
    evidence: dict[str, Any] = {"states": {one.alarm_name: one.state_value for one in judged}}
    if ringing:
        return passed(f"{', '.join(one.alarm_name for one in ringing)} rings", **evidence)
    waited = (aws.now() - cut) / timedelta(minutes=1)
    return warn(f"no alarm rings, {waited:.0f} minutes after the cut", "wait; or restore, and add an alarm", **evidence)


@check("drill.recovery", guide="10", severity="high", scope="environment", on_request=True)
def recovery(aws: Aws, site: Site, env: Environment) -> Verdict:
    """After the last drill the service was whole again in time, and somebody was told of the outage."""
    run = _latest(aws, env)
    if run is None:
        return skip(f"no outage of {env.name}'s database has been practised")
    entries = aws.records.entries(run.run)
    seen = drill(entries)
    learnt = findings(entries, seen)
    drawn = looked(entries, seen)
    evidence: dict[str, Any] = {
        "run": run.run,
        "method": seen.method,
        "times": _times(seen),
        "detection": _told(seen.detection),
        "recovery": _told(seen.recovery),
        "outage": _told(seen.outage),
        "findings": list(learnt),
        **(told(drawn) if drawn is not None else {}),
    }
    limit = timedelta(minutes=site.dr.rto_minutes)
    if seen.recovery is not None and seen.recovery > limit:
        because = f"whole again {_told(seen.recovery)} after the restore began, allowed {_told(limit)}"
        return fail(because, "find out what took so long: the chart, and the course of the run", **evidence)
    if seen.recovery is None:
        return warn("the journal does not tell how long the recovery took", "walk the drill to its end", **evidence)
    good = f"whole again {_told(seen.recovery)} after the restore began; told of after {_told(seen.detection)}"
    return warn_or_pass(learnt, good, "give each finding an owner", **evidence)


def _latest(aws: Aws, env: Environment) -> RunState | None:
    found = aws.records.history().of(Family.DR, env.name)
    return next((one for one in found if injected(one)), None)


def _times(seen: Drill) -> dict[str, str]:
    named: dict[str, datetime | None] = {
        "T0 cut": seen.cut,
        "T1 error": seen.error,
        "T2 alarm": seen.alarm,
        "T3 restore": seen.restored,
        "T4 ready": seen.ready,
        "T5 well": seen.well,
    }
    return {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" if at is not None else "not seen" for name, at in named.items()}


def _told(span: timedelta | None) -> str:
    if span is None:
        return "not told"
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes} min {seconds:02d} s"
