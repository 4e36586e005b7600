"""Guide, section 9.3: a rule that tells the topic of every rotation of a secret."""

import json

from runbook_tui.simulator.names import SHARED, SITE, SITE_NAME
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

RULE = f"{SITE_NAME}-backend-secret-rotation"
_SAID = ("RotationFailed", "RotationSucceeded", "RotateSecret", "PutSecretValue", "DeleteSecret")


def seed(world: World) -> None:
    """After the topic. Its policy lets EventBridge publish, which the default one does not."""
    topic = world.arn("sns", SITE.obs.topic)
    pattern = {
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS Service Event via CloudTrail", "AWS API Call via CloudTrail"],
        "detail": {"eventSource": ["secretsmanager.amazonaws.com"], "eventName": list(_SAID)},
    }
    made = world.call(
        "events",
        "PutRule",
        Name=RULE,
        EventPattern=json.dumps(pattern),
        State="ENABLED",
        Description="Rotations of the backend's secrets",
        Tags=listed(SHARED),
    )
    world.call("events", "PutTargets", Rule=RULE, Targets=[{"Id": "alerts", "Arn": topic}])
    kept = world.call("sns", "GetTopicAttributes", TopicArn=topic)["Attributes"]["Policy"]
    policy = json.loads(kept)
    policy["Statement"].append(
        {
            "Sid": "EventBridge",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"ArnEquals": {"aws:SourceArn": made["RuleArn"]}},
        }
    )
    world.call("sns", "SetTopicAttributes", TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
