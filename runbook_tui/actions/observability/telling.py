"""Alarms that ring and tell nobody (guide 8.2)."""

from collections.abc import Iterator

from runbook_tui.actions.observability.putting import alarms_call, differences, put, recorded, with_topic
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.catalogue.wanted_alarms import required
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("alarms.tell-topic", guide="8.2", fixes=("alarm.actions",))
def tell_topic(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Every alarm that the guide asks for tells the topic when it rings, and when that is over."""
    topic = topic_arn(aws, site)
    aws.sns.topic(topic)  # says that there is none
    there = recorded(aws)
    deaf = sorted({one.alarm_name for one in _deaf(aws.cloudwatch.alarms(), site, env, topic)})
    wanted = {name: {**there[name], **_telling(there[name], topic)} for name in deaf}
    put_again = [name for name in deaf if wanted[name] != {**there[name], "ActionsEnabled": True}]
    only_off = [name for name in deaf if name not in put_again]
    calls = [put(f"put-alarm-{number}", wanted[name], there[name]) for number, name in enumerate(put_again, 1)]
    if only_off:
        names = {"AlarmNames": only_off}
        back = alarms_call("disable", "disable_alarm_actions", names, "they tell nobody again")
        calls.append(alarms_call("enable", "enable_alarm_actions", names, f"{', '.join(only_off)} tell again", (back,)))
    return Plan(
        action="alarms.tell-topic",
        title=f"Let the alarms of {env.service} tell {topic.rpartition(':')[2]}",
        environment=env.name,
        resource=topic.rpartition(":")[2],
        effect="Whoever is subscribed hears of the next change of their states; one that rings now rings on unheard.",
        risk=Risk.CHANGE,
        calls=tuple(calls),
        differences=tuple(one for name in deaf for one in differences(name, there[name], wanted[name])),
        permissions=needed(calls),
    )


def _telling(settings: dict[str, list[str]], topic: str) -> dict[str, object]:
    told = {field: with_topic(settings.get(field, []), topic) for field in ("AlarmActions", "OKActions")}
    return {"ActionsEnabled": True, **told}


def _deaf(alarms: Alarms, site: Site, env: Environment, topic: str) -> Iterator[MetricAlarm]:
    """Of each matter that nobody hears of, or whose end nobody hears of, the first alarm."""
    for found in required(alarms, site, env).values():
        if found and not any(_tells(one, alarms, topic) for one in found):
            yield found[0]


def _tells(alarm: MetricAlarm, alarms: Alarms, topic: str) -> bool:
    """Itself, or through a composite alarm."""
    speakers = (one for one in (alarm, *alarms.above(alarm)) if one.actions_enabled)
    return any(topic in one.alarm_actions and topic in one.ok_actions for one in speakers)
