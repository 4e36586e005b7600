"""The topic that alarms tell, and who listens (guide 8.2)."""

from typing import Any

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.sns import Subscription, masked
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk, answer, secret
from runbook_tui.core.site import Environment, Site

_PROTOCOLS = ("email", "https", "lambda", "sqs")


@action("sns.create-topic", guide="8.2", fixes=("sns.topic",))
def create_topic(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The topic that alarms tell exists."""
    wanted = topic_arn(aws, site)
    name = wanted.rpartition(":")[2]
    there = wanted in aws.sns.topics()
    if not there and site.obs.topic_arn and name != site.obs.topic:
        raise CannotPlan(f"the site names a topic that is not there: {wanted}", "correct obs.topic_arn in the site")
    back = _sns("delete-topic", "delete_topic", {"TopicArn": wanted}, "the topic is deleted, with its subscriptions")
    given = {"Name": name, "Tags": listed(tags_of(site, None))}
    calls = () if there else (_sns("create-topic", "create_topic", given, "the topic is made", (back,)),)
    return Plan(
        action="sns.create-topic",
        title=f"Create the topic {name}",
        environment=env.name,
        resource=name,
        effect="Alarms can tell it; nobody hears them until somebody subscribes.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=f"topic {name}", before="", after="new"),) if calls else (),
        permissions=needed(calls),
    )


@action("sns.subscribe", guide="8.2", fixes=("sns.subscriptions",))
def subscribe(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Whoever the site names is subscribed to the topic, or one whom the operator names."""
    topic = topic_arn(aws, site)
    found = {(one.protocol, one.endpoint) for one in aws.sns.subscriptions(topic)}
    wanted = [(one.protocol, one.endpoint) for one in site.obs.subscriptions]
    if not wanted and not found:
        calls, names = _typed(topic, inputs)
    else:
        absent = [one for one in dict.fromkeys(wanted) if one not in found]
        calls = tuple(_subscribe(number, topic, *one) for number, one in enumerate(absent, 1))
        names = [Subscription.of(*one).masked for one in absent]
    return Plan(
        action="sns.subscribe",
        title=f"Subscribe to {topic.rpartition(':')[2]}",
        environment=env.name,
        resource=topic.rpartition(":")[2],
        effect="Mail and web addresses get a message, and hear nothing else until they have confirmed it.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=name, before="", after="subscribed") for name in names),
        permissions=needed(calls),
    )


def _typed(topic: str, inputs: Inputs) -> tuple[tuple[ApiCall, ...], list[str]]:
    """Whom the operator names. A mail address is a person's: it is typed unseen, as no journal keeps it."""
    choices = tuple(Choice(value=one, label=one) for one in _PROTOCOLS)
    (protocol,) = inputs.take(Question(name="protocol", text="How is somebody told?", choices=choices, default="email"))
    if protocol == "email":
        (name,) = inputs.take(Question(name="address", text="At which mail address? Nobody sees it", hidden=True))
        return (_subscribe(1, topic, protocol, secret(name)),), ["email (typed, never shown)"]
    (endpoint,) = inputs.take(Question(name="endpoint", text="At which address? A URL or an ARN"))
    if not endpoint.strip():
        raise CannotPlan("no address was given", "name a URL or an ARN")
    return (_subscribe(1, topic, protocol, endpoint.strip()),), [Subscription.of(protocol, endpoint.strip()).masked]


def _subscribe(number: int, topic: str, protocol: str, endpoint: str | dict[str, str]) -> ApiCall:
    """The ARN is asked for at once: without it nobody could take a subscription back that is not confirmed."""
    name = f"subscribe-{number}"
    made = {"SubscriptionArn": answer(name, "SubscriptionArn")}
    back = _sns(f"unsubscribe-{number}", "unsubscribe", made, "it is unsubscribed")
    given = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint, "ReturnSubscriptionArn": True}
    whom = masked(endpoint) if isinstance(endpoint, str) else "(typed)"
    return _sns(name, "subscribe", given, f"{protocol} {whom} is subscribed", (back,))


def _sns(name: str, operation: str, parameters: dict[str, Any], effect: str, undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    gone = () if undo else ("NotFound",)
    return ApiCall(
        id=name, service="sns", operation=operation, parameters=parameters, effect=effect, gone=gone, undo=undo
    )
