"""Whether alarms reach anybody (guide 8.2)."""

from collections.abc import Sequence

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.alarms import Alarm, MetricAlarm
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.aws.facts.sns import CREATE_TOPIC
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.catalogue.wanted_alarms import Found, required
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, blocked, fail


@check(
    "alarm.actions",
    guide="8.2",
    severity="critical",
    scope="environment",
    needs=["cloudwatch:DescribeAlarms", "sns:GetTopicAttributes"],
)
def actions(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Every alarm that the guide asks for tells the topic, itself or through a composite alarm."""
    topic = topic_arn(aws, site)
    alarms, exists = together(aws.cloudwatch.alarms, lambda: _exists(aws, topic))
    found = {what: some for what, some in required(alarms, site, env).items() if some}
    if not found:
        return blocked("alarm.5xx-target", f"no alarm watches {env.service}")
    evidence = {
        "topic": topic,
        "actions": {one.alarm_name: list(one.alarm_actions) for some in found.values() for one in some},
        "switched_off": sorted({one.alarm_name for some in found.values() for one in some if not one.actions_enabled}),
    }
    if not exists:
        return fail(f"the topic {topic} does not exist: whatever rings, nobody hears it", CREATE_TOPIC, **evidence)
    deaf = [_why(some, topic) for some in found.values() if not any(_tells(one, alarms, topic) for one in some)]
    if deaf:
        return fail("; ".join(deaf), "add the topic to the actions, and enable them (often left off)", **evidence)
    concerns = [
        f"nobody is told when {some[0].alarm_name} is over"
        for some in found.values()
        if not any(_tells_the_end(one, alarms, topic) for one in some)
    ]
    good = f"alarms on {len(found)} matters tell {topic.rpartition(':')[2]}"
    return warn_or_pass(concerns, good, "add the topic to their OK actions", **evidence)


def _exists(aws: Aws, topic: str) -> bool:
    try:
        aws.sns.topic(topic)
    except Missing:
        return False
    return True


def _speakers(alarm: MetricAlarm, alarms: Alarms) -> Sequence[Alarm]:
    return [one for one in (alarm, *alarms.above(alarm)) if one.actions_enabled]


def _tells(alarm: MetricAlarm, alarms: Alarms, topic: str) -> bool:
    return any(topic in one.alarm_actions for one in _speakers(alarm, alarms))


def _tells_the_end(alarm: MetricAlarm, alarms: Alarms, topic: str) -> bool:
    return any(topic in one.alarm_actions and topic in one.ok_actions for one in _speakers(alarm, alarms))


def _why(some: Found, topic: str) -> str:
    one = some[0]
    if topic in one.alarm_actions:
        return f"actions of {one.alarm_name} are switched off"
    return f"{one.alarm_name} tells {'somebody else' if one.alarm_actions else 'nobody'}"
