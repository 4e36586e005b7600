"""Guide 7.1, 9.1: the application reaches its database: what it says itself, and what its log says."""

from datetime import timedelta
from typing import Any, Final

from checks.database.trouble import PATTERNS, counted, filter_pattern
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.logs import LogEvent
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

WINDOW: Final = timedelta(minutes=15)
TRIAGE: Final = 'triage "database unreachable": sg.ecs.egress-db, atlas.connectivity.*, then Atlas\'s own state'


@check("db.app-reachability", guide="7.1", severity="critical", scope="environment", needs=["logs:FilterLogEvents"])
def app_reachability(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The application is ready, and its log tells of no trouble with the database."""
    url = f"https://{env.host}{site.app.ready_path}"
    since = aws.now() - WINDOW
    answer, events = together(
        lambda: aws.probe.get(url), lambda: aws.logs.matching(env.log_group, filter_pattern(), since)
    )
    found = counted(one.message for one in events)
    troubled = [one for one in events if any(pattern.search(one.message) for pattern in PATTERNS.values())]
    evidence: dict[str, Any] = {"ready": _said(answer), "counts": found, **_when(troubled)}
    ready = isinstance(answer, Answer) and answer.status == 200
    names = ", ".join(f"{name} ({count}×)" for name, count in found.items())
    if found and not ready:
        because = f"{site.app.ready_path} answers {_said(answer)}, and the log tells of {names}"
        return fail(because, TRIAGE, **evidence)
    if found:
        because = f"the log of the last 15 minutes tells of {names}, though {site.app.ready_path} answers 200"
        return warn(because, TRIAGE, **evidence)
    if not ready:
        because = f"{site.app.ready_path} answers {_said(answer)}, and the log says nothing of the database"
        return warn(because, "look at smoke.endpoint and tg.targets-healthy first", **evidence)
    if site.app.ready_checks_db is not True and aws.logs.event_since(env.log_group, since) is None:
        because = f"{site.app.ready_path} may not ask the database, and {env.log_group} has no event in 15 minutes"
        remedy = "send the application a request that reads the database, or let its readiness path ask it"
        return unknown(Cause.UNDECIDED, because, remedy, **evidence)
    return passed(f"{site.app.ready_path} answers 200, and the log tells of no trouble with the database", **evidence)


def _said(answer: Answer | Failure) -> str:
    return str(answer.status) if isinstance(answer, Answer) else f"nothing ({answer.text})"


def _when(events: list[LogEvent]) -> dict[str, str]:
    if not events:
        return {}
    times = sorted(one.at for one in events)
    return {"first": f"{times[0]:%Y-%m-%dT%H:%M:%SZ}", "last": f"{times[-1]:%Y-%m-%dT%H:%M:%SZ}"}
