"""A topic's policy with one of AWS's services among those who may publish."""

import json
from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.core.plan import ApiCall


def policy_of(aws: Aws, topic: str) -> str:
    """As it is recorded. Missing ``sns:topic``."""
    aws.sns.topic(topic)  # says that there is none
    return str(aws.reader.read("sns", "get_topic_attributes", TopicArn=topic)["Attributes"]["Policy"])


def with_publisher(topic: str, policy: str, sid: str, service: str, condition: dict[str, Any]) -> ApiCall:
    """All other statements stay as they are; one of the same ``sid`` is put anew."""
    document = json.loads(policy)
    given = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": condition,
    }
    wanted = {**document, "Statement": [*(one for one in given if one.get("Sid") != sid), statement]}
    back = _put(topic, policy, "the topic's policy is as it was")
    return _put(topic, json.dumps(wanted), f"{service} may publish to the topic", back)


def _put(topic: str, policy: str, effect: str, *undo: ApiCall) -> ApiCall:
    return ApiCall(
        id="set-policy",
        service="sns",
        operation="set_topic_attributes",
        parameters={"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy},
        effect=effect,
        undo=undo,
    )
