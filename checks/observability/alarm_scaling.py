"""Alarms on how near the environment is to its limits (guide 8.2)."""

from collections.abc import Callable

from checks.concerns import warn_or_pass
from checks.observability import sound_alarms
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.catalogue import wanted_alarms
from runbook_tui.catalogue.registry import check
from runbook_tui.catalogue.wanted_alarms import Found
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail

_REMEDY = "add alarms that notify above the scaling threshold; never edit autoscaling's own"


@check(
    "alarm.scaling",
    guide="8.2",
    severity="high",
    scope="environment",
    needs=["cloudwatch:DescribeAlarms"],
)
def scaling(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Somebody is told when CPU or memory run out, and when autoscaling can start no more tasks."""
    alarms = aws.cloudwatch.alarms()
    looked_at = {
        "CPU": wanted_alarms.busy(alarms, wanted_alarms.CPU, site, env),
        "memory": wanted_alarms.busy(alarms, wanted_alarms.MEMORY, site, env),
        "tasks": wanted_alarms.many_tasks(alarms, site, env),
    }
    telling = {what: [one for one in found if notifies(one, alarms)] for what, found in looked_at.items()}
    names = {what: [one.alarm_name for one in found] for what, found in telling.items()}
    silent = [one.alarm_name for found in looked_at.values() for one in found if not notifies(one, alarms)]
    evidence = {"alarms": names, "without_notification": silent, "max": env.scaling.max}
    if not any(telling.values()):
        because = f"no alarm on CPU, memory or tasks of {env.service} notifies anybody"
        return fail(because, _REMEDY, **evidence)
    concerns = [f"nobody is told of {what}" for what, found in telling.items() if not found]
    concerns += _unsound(telling["CPU"] + telling["memory"], lambda one: sound_alarms.about_load(one, env))
    concerns += _unsound(telling["tasks"], lambda one: sound_alarms.about_tasks(one, env))
    return warn_or_pass(concerns, "alarms on CPU, memory and tasks notify somebody", _REMEDY, **evidence)


def notifies(alarm: MetricAlarm, alarms: Alarms) -> bool:
    """Itself, or through a composite alarm."""
    return any(":sns:" in action for one in (alarm, *alarms.above(alarm)) for action in one.alarm_actions)


def _unsound(found: "Found | list[MetricAlarm]", judge: Callable[[MetricAlarm], list[str]]) -> list[str]:
    return [f"{one.alarm_name}: {concern}" for one in found for concern in judge(one)]
