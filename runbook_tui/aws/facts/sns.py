"""What SNS says about the topic of the alarms and who listens to it."""

from typing import Final, Self

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.policy_document import Document, read_document

TOPIC: Final = "sns:topic"
CREATE_TOPIC: Final = "create the topic, or correct obs.topic or obs.topic_arn in the site file"


class _Listed(Fact, frozen=True, kw_only=True):
    topic_arn: str


class _Attributes(Fact, frozen=True, kw_only=True):
    topic_arn: str
    kms_master_key_id: str = ""


class Topic(Struct, frozen=True, kw_only=True):
    """``key`` is an alias, an id or an ARN of KMS; empty for a topic that is not encrypted."""

    arn: str
    policy: Document
    key: str = ""


class Subscription(Fact, frozen=True, kw_only=True):
    """``subscription_arn`` is a word where it is no ARN: PendingConfirmation or Deleted."""

    subscription_arn: str
    protocol: str
    endpoint: str = ""

    @property
    def confirmed(self) -> bool:
        return self.subscription_arn.startswith("arn:")

    @property
    def masked(self) -> str:
        """Whom it reaches, without the address: ``email o…@asharvi.dev``, ``https hooks.example.org``."""
        return f"{self.protocol} {masked(self.endpoint)}".strip()

    @classmethod
    def of(cls, protocol: str, endpoint: str) -> Self:
        return cls(subscription_arn="", protocol=protocol, endpoint=endpoint)


class SnsFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def topics(self) -> tuple[str, ...]:
        """ARNs of the account's topics in the region."""
        return tuple(one.topic_arn for one in listed(self._reader.read("sns", "list_topics"), "Topics", _Listed))

    def topic(self, arn: str) -> Topic:
        """Missing ``sns:topic``."""
        with missing_is(TOPIC, arn, CREATE_TOPIC):
            answer = self._reader.read("sns", "get_topic_attributes", TopicArn=arn)
        given = answer.get("Attributes")
        told = parse(given, _Attributes)
        # read as it came: a policy may be longer than any text that passes the border
        policy = read_document(given.get("Policy") if given else None)
        return Topic(arn=told.topic_arn, policy=policy, key=told.kms_master_key_id)

    def subscriptions(self, arn: str) -> tuple[Subscription, ...]:
        """Missing ``sns:topic``."""
        with missing_is(TOPIC, arn, CREATE_TOPIC):
            answer = self._reader.read("sns", "list_subscriptions_by_topic", TopicArn=arn)
        return listed(answer, "Subscriptions", Subscription)


def masked(endpoint: str) -> str:
    """Enough to know it again, too little to use it: an ARN whole, of a URL the host, of an address its first sign."""
    if endpoint.startswith("arn:"):
        return endpoint
    if "://" in endpoint:
        host = endpoint.partition("://")[2].partition("/")[0]
        return host.rpartition("@")[2]
    name, at, domain = endpoint.rpartition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{endpoint[-2:]}"
