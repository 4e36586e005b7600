"""Rules of EventBridge that hear of a secret's rotation, and the topic that they may publish to. Pure."""

from typing import Any, Final

from runbook_tui.aws.facts.event_pattern import matches, read_pattern
from runbook_tui.aws.facts.events import Rule
from runbook_tui.aws.facts.policy import Request, evaluate
from runbook_tui.aws.facts.policy_document import Document
from runbook_tui.aws.facts.secrets import Secret
from runbook_tui.core.site import Site

EVENTS: Final = "events.amazonaws.com"
SOURCE: Final = "aws.secretsmanager"
TOLD: Final = ("RotationFailed", "RotationSucceeded")  # by the service itself
_REMINDERS: Final = ("secret", "rotat")


def is_about(rule: Rule, secret: Secret, site: Site) -> bool:
    """It hears every rotation of this secret, or reminds somebody of secrets by the calendar."""
    if rule.event_pattern:
        pattern = read_pattern(rule.event_pattern)
        return any(matches(pattern, event) for event in _events(secret, site))
    if rule.name == site.obs.rotation_rule:
        return bool(rule.schedule_expression)
    told = f"{rule.name} {rule.description}".lower()
    return bool(rule.schedule_expression) and any(word in told for word in _REMINDERS)


def may_publish(document: Document, topic: str, rule_arn: str, site: Site) -> bool:
    """EventBridge is no part of the account: what the default policy gives the owner, it does not give to it."""
    names = {("Service", EVENTS), ("Service", "*"), ("AWS", "*"), ("*", "*")}
    named = [one for one in document.statements if names & set(one.principals)]
    account = site.aws.account_id
    context = {"aws:SourceArn": [rule_arn], "aws:SourceAccount": [account], "aws:SecureTransport": ["true"]}
    request = Request(action="sns:Publish", resource=topic, context=context)
    return evaluate([Document(statements=tuple(named))], request).allowed


def _events(secret: Secret, site: Site) -> list[dict[str, Any]]:
    """What a rotation of this secret is told as."""
    common = {"source": SOURCE, "account": site.aws.account_id, "region": site.aws.region, "resources": []}
    return [
        {
            **common,
            "detail-type": "AWS Service Event via CloudTrail",
            "detail": {
                "eventSource": "secretsmanager.amazonaws.com",
                "eventName": name,
                "eventType": "AwsServiceEvent",
                "additionalEventData": {"SecretId": secret.arn},
            },
        }
        for name in TOLD
    ]
