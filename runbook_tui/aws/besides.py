"""IAM actions that AWS asks for beside the one that is named like the call. Pure."""

from collections.abc import Iterator
from typing import Final

from runbook_tui.aws.operations import iam_action

PASS_ROLE: Final = "iam:PassRole"  # noqa: S105 - an action, not a password
# A service makes its own role the first time that an account uses it.
LINKED_ROLE: Final = "iam:CreateServiceLinkedRole"
# Whoever names a role in these hands it to ECS.
PASSING: Final = frozenset({("ecs", "register_task_definition"), ("ecs", "create_service")})
_ALWAYS: Final = {
    ("ecs", "create_cluster"): LINKED_ROLE,
    ("ecs", "create_service"): LINKED_ROLE,
    ("elbv2", "create_load_balancer"): LINKED_ROLE,
    ("wafv2", "associate_web_acl"): "elasticloadbalancing:SetWebACL",
    ("wafv2", "disassociate_web_acl"): "elasticloadbalancing:SetWebACL",
}
# What is made with tags needs the right to tag, by service, or by operation where that matters.
_TAGGING: Final[dict[str | tuple[str, str], str]] = {
    "acm": "acm:AddTagsToCertificate",
    "ce": "ce:TagResource",
    "cloudtrail": "cloudtrail:AddTags",
    "cloudwatch": "cloudwatch:TagResource",
    "dynamodb": "dynamodb:TagResource",
    "ec2": "ec2:CreateTags",
    "ecr": "ecr:TagResource",
    "ecs": "ecs:TagResource",
    "elbv2": "elasticloadbalancing:AddTags",
    "events": "events:TagResource",
    "logs": "logs:TagResource",
    "secretsmanager": "secretsmanager:TagResource",
    "sns": "sns:TagResource",
    "ssm": "ssm:AddTagsToResource",
    "wafv2": "wafv2:TagResource",
    ("iam", "create_open_id_connect_provider"): "iam:TagOpenIDConnectProvider",
    ("iam", "create_role"): "iam:TagRole",
}
_MAKES: Final = ("create_", "register_task_definition", "put_rule", "put_metric_alarm", "request_certificate")


def besides(service: str, operation: str, *, tagged: bool) -> Iterator[str]:
    """``tagged`` where the call gives tags to what it makes."""
    if (service, operation) in PASSING:
        yield PASS_ROLE
    tagging = _TAGGING.get((service, operation), _TAGGING.get(service))
    if tagged and tagging and tagging != iam_action(service, operation):
        yield tagging
    if (service, operation) in _ALWAYS:
        yield _ALWAYS[service, operation]


def may_tag(operation: str) -> bool:
    """It makes something, which the product gives tags where AWS takes them."""
    return operation.startswith(_MAKES)
