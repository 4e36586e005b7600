"""Whether log events arrive, and where (guide 8.1, 5.2)."""

from datetime import datetime, timedelta
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs import LONG_AGO
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

_STARTING: Final = timedelta(minutes=5)  # so long a task may take to log its first line
_IN_USE: Final = timedelta(days=7)


@check(
    "logs.flowing",
    guide="8.1",
    severity="high",
    scope="environment",
    needs=["ecs:DescribeTasks", "ecs:ListTasks", "logs:DescribeLogStreams", "logs:FilterLogEvents"],
)
def flowing(aws: Aws, site: Site, env: Environment) -> Verdict:
    """What the running tasks log arrives in the environment's group."""
    tasks, told = together(
        lambda: aws.ecs.tasks(site.ecs.cluster, env.service, "RUNNING"), lambda: aws.logs.last_event(env.log_group)
    )
    if not tasks:
        return skip("no task is running", tasks=0)
    # streams tell their last event up to an hour late; the events themselves tell at once
    now, silence = aws.now(), timedelta(minutes=site.obs.log_silence_minutes)
    recent = told if told and told >= now - silence else aws.logs.event_since(env.log_group, now - silence)
    evidence = {"running": len(tasks), "last_event": _told(recent or told)}
    if recent:
        return passed(f"{env.log_group} got an event at {_told(recent)}", **evidence)
    newest = max((one.started_at or LONG_AGO for one in tasks), default=LONG_AGO)
    remedy = "check the execution role, the way to logs.<region>.amazonaws.com and the awslogs options"
    if LONG_AGO < newest <= now - _STARTING and not aws.logs.event_since(env.log_group, newest):
        because = f"no event since the newest task started at {_told(newest)}, not even its first lines"
        return fail(because, remedy, **evidence)
    because = f"no event in {site.obs.log_silence_minutes} minutes: {env.service} may be quiet, or its logs get lost"
    return warn(because, remedy, **evidence)


@check(
    "logs.legacy-group",
    guide="5.2",
    severity="low",
    scope="shared",
    needs=["logs:DescribeLogGroups", "logs:DescribeLogStreams"],
)
def legacy_group(aws: Aws, site: Site) -> Verdict:
    """Nothing writes into the group that both environments once shared."""
    name = site.obs.legacy_group
    if site.environments and all(one.log_group == name for one in site.environments.values()):
        return skip(f"both environments use {name} by choice")
    if aws.logs.find(name) is None:
        return passed(f"{name} does not exist", last_event="none")
    last = aws.logs.last_event(name)
    if last is None or last < aws.now() - _IN_USE:
        return passed(f"nothing was written into {name} for a week", last_event=_told(last))
    because = f"{name} still gets events, the last one at {_told(last)}: environments mix in it"
    remedy = "move both services to their own groups, and keep this one until its retention ends"
    return warn(because, remedy, last_event=_told(last))


def _told(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "none"
