"""What the environment's alarms say now (guide 8.2, 9.2)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.together import together
from runbook_tui.catalogue.own_alarms import Alarm, of_environment
from runbook_tui.catalogue.registry import check
from runbook_tui.catalogue.wanted_alarms import errors_of_targets, unhealthy_hosts
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Verdict, blocked, fail

_HOUR: Final = timedelta(hours=1)
_BLIND: Final = timedelta(days=1)  # so long without data: its dimensions are nobody's
_RESTLESS: Final = 5  # changes of state an hour


@check(
    "alarm.states",
    guide="8.2",
    severity="high",
    scope="environment",
    needs=["cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"],
)
def states(aws: Aws, site: Site, env: Environment) -> Verdict:
    """No alarm of the environment rings, is blind or is restless."""
    now = aws.now()
    alarms, changes = together(aws.cloudwatch.alarms, lambda: aws.cloudwatch.changes(now, _HOUR))
    judged = of_environment(alarms, site, env)
    if not judged:
        return blocked("alarm.5xx-target", f"no alarm watches {env.service}")
    ringing = [one for one in judged if one.state_value == "ALARM"]
    critical = {one.alarm_name for one in (*errors_of_targets(alarms, site, env), *unhealthy_hosts(alarms, site, env))}
    grave = [one for one in ringing if one.alarm_name in critical]
    evidence = {
        "states": {one.alarm_name: one.state_value for one in judged},
        "since": {one.alarm_name: f"{one.since:%Y-%m-%dT%H:%M:%SZ}" for one in ringing if one.since},
    }
    remedy = f"open triage for {(grave or ringing or judged)[0].alarm_name}"
    if grave:
        because = "; ".join(f"{one.alarm_name} is in ALARM: {clean(one.state_reason, 200)}" for one in grave)
        return fail(because, remedy, **evidence)
    concerns = list(_concerns(judged, changes, now))
    return warn_or_pass(concerns, f"{named(len(judged), 'alarm')}, all OK", remedy, **evidence)


def _concerns(judged: Sequence[Alarm], changes: Mapping[str, Sequence[datetime]], now: datetime) -> Iterator[str]:
    for one in judged:
        if one.state_value == "ALARM":
            yield f"{one.alarm_name} is in ALARM: {clean(one.state_reason, 200)}"
        elif one.state_value == "INSUFFICIENT_DATA" and (one.since is None or now - one.since > _BLIND):
            yield f"{one.alarm_name} has had no data for more than a day: look at its dimensions"
        elif one.state_value not in ("OK", "INSUFFICIENT_DATA"):
            yield f"{one.alarm_name} is {one.state_value}"
        if len(changes.get(one.alarm_name, ())) > _RESTLESS:
            yield f"{one.alarm_name} changed its state {len(changes[one.alarm_name])} times within an hour"
