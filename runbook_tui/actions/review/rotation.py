"""Somebody hears of it when a secret is rotated, or when that fails (guide 9.3)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.review.publishing import policy_of, with_publisher
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.events import Rule
from runbook_tui.aws.facts.rotation_watch import EVENTS, SOURCE, TOLD, is_about, may_publish
from runbook_tui.aws.facts.secrets import Secret
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.catalogue.permissions import partition
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_BY_HAND: Final = ("RotateSecret", "PutSecretValue", "DeleteSecret")
# What PutRule takes of what ListRules tells.
_TAKEN: Final = ("Name", "ScheduleExpression", "EventPattern", "Description", "RoleArn", "EventBusName")


@action("events.tell-rotations", guide="9.3", fixes=("review.rotation-alarms",))
def tell_rotations(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """A rule tells the topic of every rotation of a secret, and of every one that fails."""
    topic = topic_arn(aws, site)
    policy = policy_of(aws, topic)
    rule = _rule(aws, site)
    name, arn = (rule.name, rule.arn) if rule else _new(aws, site)
    calls = []
    if rule is None or not rule.enabled:
        calls.append(_put_rule(aws, site, name, rule))
    if rule is None or topic not in aws.events.targets(rule.name):
        calls.append(_put_target(aws, name, topic, rule))
    if not may_publish(aws.sns.topic(topic).policy, topic, arn, site):
        calls.append(with_publisher(topic, policy, "EventBridge", EVENTS, {"ArnEquals": {"aws:SourceArn": arn}}))
    return Plan(
        action="events.tell-rotations",
        title=f"Let {name} tell {topic.rpartition(':')[2]} of rotations",
        environment=env.name,
        resource=name,
        effect="Whoever is subscribed hears of rotations in both environments. It needs a trail: it hears CloudTrail.",
        risk=Risk.CHANGE,
        calls=tuple(calls),
        differences=tuple(Difference(what=one.operation, before="", after=one.effect) for one in calls),
        permissions=needed(calls),
    )


def _rule(aws: Aws, site: Site) -> Rule | None:
    """The one that hears most of the site's secrets; of those that hear as much one that is enabled, by its name."""
    secrets = [found for one in site.environments.values() if (found := _secret(aws, one)) is not None]
    wanted = site.obs.rotation_rule
    heard = {
        rule.name: (sum(is_about(rule, secret, site) for secret in secrets), rule)
        for rule in aws.events.rules(wanted or "")
    }
    about = [(number, rule) for number, rule in heard.values() if number == len(secrets)]
    return min(about, key=lambda one: (not one[1].enabled, one[1].name))[1] if about else None


def _secret(aws: Aws, env: Environment) -> Secret | None:
    """None for one that is still to be made: the rule hears of it then, as of all."""
    try:
        return aws.secrets.secret(env.secret_name)
    except Missing:
        return None


def _new(aws: Aws, site: Site) -> tuple[str, str]:
    """Name and ARN of a rule that is to be made."""
    name = site.obs.rotation_rule or f"{site.site.name}-backend-secret-rotation"
    account = site.aws.account_id or aws.identity.caller().account
    return name, f"arn:{partition(site.aws.region)}:events:{site.aws.region}:{account}:rule/{name}"


def _put_rule(aws: Aws, site: Site, name: str, rule: Rule | None) -> ApiCall:
    if rule is not None:
        told = aws.reader.read("events", "list_rules", **({"NamePrefix": name} if site.obs.rotation_rule else {}))
        former = next(one for one in told["Rules"] if one["Name"] == name)
        kept = {member: former[member] for member in _TAKEN if former.get(member)}
        back = _events("put-rule", "put_rule", {**kept, "State": former["State"]}, f"{name} is {former['State']} again")
        return _events("put-rule", "put_rule", {**kept, "State": "ENABLED"}, f"{name} is ENABLED", back)
    pattern = {
        "source": [SOURCE],
        "detail-type": ["AWS Service Event via CloudTrail", "AWS API Call via CloudTrail"],
        "detail": {"eventSource": ["secretsmanager.amazonaws.com"], "eventName": [*TOLD, *_BY_HAND]},
    }
    made = {
        "Name": name,
        "EventPattern": json.dumps(pattern),
        "State": "ENABLED",
        "Description": "Rotations of the backend's secrets",
        "Tags": listed(tags_of(site, None)),
    }
    gone = _events("delete-rule", "delete_rule", {"Name": name}, f"{name} is deleted")
    return _events("put-rule", "put_rule", made, f"the rule {name}", gone)


def _put_target(aws: Aws, name: str, topic: str, rule: Rule | None) -> ApiCall:
    """Beside the targets that it has: an id that is taken is another target's."""
    told = aws.reader.read("events", "list_targets_by_rule", Rule=name)["Targets"] if rule else []
    taken = {one["Id"] for one in told}
    free = next(one for one in ("alerts", *(f"alerts-{number}" for number in range(2, 8))) if one not in taken)
    wanted = {"Rule": name, "Targets": [{"Id": free, "Arn": topic}]}
    gone = _events("remove-target", "remove_targets", {"Rule": name, "Ids": [free]}, f"{name} tells the topic no more")
    return _events("put-target", "put_targets", wanted, f"{name} tells {topic.rpartition(':')[2]}", gone)


def _events(call_id: str, operation: str, parameters: Mapping[str, Any], effect: str, *undo: ApiCall) -> ApiCall:
    return ApiCall(
        id=call_id,
        service="events",
        operation=operation,
        parameters=parameters,
        effect=effect,
        gone=("ResourceNotFoundException",) if not undo and operation != "put_rule" else (),
        undo=undo,
    )
