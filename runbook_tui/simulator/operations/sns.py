"""SNS: messages are kept, never sent; whoever is subscribed by mail or web confirms after a while."""

import json
import uuid
from typing import Any

from runbook_tui.simulator.metrics.monitoring import Notification
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World

_CONFIRMED_AFTER = 90.0  # seconds: somebody reads the mail
_CONFIRM = ("email", "email-json", "http", "https")
_PENDING = "PendingConfirmation"


@after("sns", "CreateTopic")
def stub_the_topic(world: World, parameters: Parameters) -> Reply:
    """moto would really send to http subscriptions, start containers for functions and so on."""
    for topic in world.backend("sns").topics.values():
        if topic.name == parameters["Name"]:
            topic.publish = _Stub(world, topic)
    return None


class _Stub:
    """Stands in for the method of moto's topic."""

    def __init__(self, world: World, topic: Any) -> None:
        self._world = world
        self._topic = topic

    def __call__(self, message: str, subject: str | None = None, **_more: Any) -> str:
        world = self._world
        recipients = [
            (each.protocol, each.endpoint)
            for each in world.backend("sns").subscriptions.values()
            if each.topic.arn == self._topic.arn and each.attributes.get(_PENDING) != "true"
        ]
        world.notifications.append(
            Notification(
                at=world.clock.now(),
                topic=self._topic.arn,
                subject=subject or "",
                message=message,
                recipients=tuple(recipients),
            )
        )
        return str(uuid.UUID(int=world.random.getrandbits(128), version=4))


@overlay("sns", "Publish")
def only_to_topics(_world: World, parameters: Parameters) -> Reply:
    if not parameters.get("TopicArn") and not str(parameters.get("TargetArn") or "").count(":") == 5:
        raise not_simulated("sns:Publish to a telephone or a device")
    if parameters.get("MessageStructure") == "json":
        json.loads(parameters["Message"])
    return None


@after("sns", "Subscribe")
def wait_for_confirmation(world: World, parameters: Parameters) -> Reply:
    """Mail and web must confirm; in the simulation somebody always does."""
    if parameters["Protocol"] not in _CONFIRM:
        return None
    subscription = next(
        each
        for each in world.backend("sns").subscriptions.values()
        if each.topic.arn == parameters["TopicArn"]
        and each.protocol == parameters["Protocol"]
        and each.endpoint == parameters.get("Endpoint")
    )
    if subscription.attributes.get("ConfirmationWasAuthenticated") != "true":
        subscription.attributes[_PENDING] = "true"
        subscription.attributes["ConfirmationWasAuthenticated"] = "true"
        world.agenda.after(_CONFIRMED_AFTER, lambda: confirm(subscription))
    arn = subscription.arn if parameters.get("ReturnSubscriptionArn") or not _pending(subscription) else None
    return {"SubscriptionArn": arn or "pending confirmation"}


def confirm(subscription: Any) -> None:
    subscription.attributes[_PENDING] = "false"


def _pending(subscription: Any) -> bool:
    return bool(subscription.attributes.get(_PENDING) == "true")


@overlay("sns", "ListSubscriptionsByTopic")
def list_subscriptions_by_topic(world: World, parameters: Parameters) -> Reply:
    if parameters["TopicArn"] not in world.backend("sns").topics:
        return None
    return _listed(world, parameters, parameters["TopicArn"])


@overlay("sns", "ListSubscriptions")
def list_subscriptions(world: World, parameters: Parameters) -> Reply:
    return _listed(world, parameters, "")


def _listed(world: World, parameters: Parameters, topic: str) -> Reply:
    found = [
        {
            "SubscriptionArn": _PENDING if _pending(each) else each.arn,
            "Owner": world.account,
            "Protocol": each.protocol,
            "Endpoint": each.endpoint or "",
            "TopicArn": each.topic.arn,
        }
        for each in world.backend("sns").subscriptions.values()
        if topic in ("", each.topic.arn)
    ]
    items, token = page(found, parameters, size="-", token="NextToken", limit=100)  # noqa: S106
    return {"Subscriptions": items, "NextToken": token}
