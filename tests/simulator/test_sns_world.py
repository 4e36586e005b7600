"""Topics: nothing ever leaves the simulator."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World
from tests.support.shapes import asked
from tests.support.stepped import advance, stepped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with stepped("empty") as simulator:
        yield simulator.world


@pytest.fixture
def topic(world: World) -> str:
    world.notifications.clear()
    return str(asked(world, "sns", "CreateTopic", Name="alerts")["TopicArn"])


def test_publishing_calls_nobody(world: World, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Subscriptions of every kind get their message on paper only: no connection is opened."""

    def forbidden(*_arguments: Any, **_more: Any) -> None:
        raise AssertionError("a connection was opened")

    for protocol, endpoint in (
        ("http", "http://127.0.0.1:9/hook"),
        ("https", "https://example.test/hook"),
        ("email", "a@example.test"),
        ("lambda", "arn:aws:lambda:ap-south-1:123456789012:function:f"),
        ("sqs", "arn:aws:sqs:ap-south-1:123456789012:q"),
    ):
        world.call("sns", "Subscribe", TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    advance(world, 120)
    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket, "create_connection", forbidden)
    asked(world, "sns", "Publish", TopicArn=topic, Subject="Hello", Message="world")
    entries = [{"Id": "1", "Message": "again"}]
    world.call("sns", "PublishBatch", TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [(each.subject, each.message, len(each.recipients)) for each in world.notifications] == [
        ("Hello", "world", 5),
        ("", "again", 5),
    ]
    assert ("http", "http://127.0.0.1:9/hook") in world.notifications[0].recipients


def test_a_subscription_by_mail_waits_for_its_reader(world: World, topic: str) -> None:
    """Pending at first, and then somebody confirms; until then it gets nothing."""
    other = world.call("sns", "CreateTopic", Name="other")["TopicArn"]
    answer = asked(world, "sns", "Subscribe", TopicArn=other, Protocol="email", Endpoint="b@example.test")
    assert answer["SubscriptionArn"] == "pending confirmation"
    listed = asked(world, "sns", "ListSubscriptionsByTopic", TopicArn=other)["Subscriptions"]
    assert [each["SubscriptionArn"] for each in listed] == ["PendingConfirmation"]
    world.call("sns", "Publish", TopicArn=other, Message="too early")
    advance(world, 120)
    (subscription,) = asked(world, "sns", "ListSubscriptionsByTopic", TopicArn=other)["Subscriptions"]
    assert subscription["SubscriptionArn"].startswith(f"{other}:")
    assert subscription in asked(world, "sns", "ListSubscriptions")["Subscriptions"]
    world.call("sns", "Publish", TopicArn=other, Message="now")
    assert [each.recipients for each in world.notifications] == [(), (("email", "b@example.test"),)]


def test_a_subscription_that_is_there_stays_confirmed(world: World, topic: str) -> None:
    """Subscribing again gives its ARN and asks nobody."""
    wish = {"TopicArn": topic, "Protocol": "email", "Endpoint": "c@example.test"}
    world.call("sns", "Subscribe", **wish)
    advance(world, 120)
    assert world.call("sns", "Subscribe", **wish)["SubscriptionArn"].startswith("arn:")


def test_a_topic_that_is_not_there_gets_no_message(world: World, topic: str) -> None:
    """Nor does a telephone."""
    with pytest.raises(Refused):
        world.call("sns", "Publish", TopicArn=f"{topic}-gone", Message="x")
    with pytest.raises(Refused, match="not simulated"):
        world.call("sns", "Publish", PhoneNumber="+15550100", Message="x")
    assert world.notifications == []
