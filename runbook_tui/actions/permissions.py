"""Which IAM actions a plan needs: those of its calls and of its undo, and what AWS asks besides."""

from collections.abc import Iterable, Iterator
from typing import Final

from runbook_tui.aws.operations import iam_action
from runbook_tui.core.plan import ApiCall, readings

# A service makes its own role the first time that an account uses it.
LINKED_ROLE: Final = "iam:CreateServiceLinkedRole"
# Whoever names a role in these hands it to ECS.
_PASSES_ROLES: Final = frozenset({("ecs", "register_task_definition"), ("ecs", "create_service")})

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
_TAGS: Final = frozenset({"Tags", "tags", "TagsList", "ResourceTags", "TagSpecifications"})
# What AWS asks besides.
_BESIDES: Final = {
    ("wafv2", "associate_web_acl"): "elasticloadbalancing:SetWebACL",
    ("wafv2", "disassociate_web_acl"): "elasticloadbalancing:SetWebACL",
    # the first one of an account
    ("ecs", "create_cluster"): LINKED_ROLE,
    ("ecs", "create_service"): LINKED_ROLE,
    ("elbv2", "create_load_balancer"): LINKED_ROLE,
}


def needed(calls: Iterable[ApiCall]) -> tuple[str, ...]:
    """Each once, in the order of the calls."""
    return tuple(dict.fromkeys(action for call in calls for action in _of(call)))


def _of(call: ApiCall) -> Iterator[str]:
    yield from (iam_action(one.service, one.operation) for one in readings(call.parameters))
    yield iam_action(call.service, call.operation)
    updates_task = (call.service, call.operation) == ("ecs", "update_service") and "taskDefinition" in call.parameters
    if (call.service, call.operation) in _PASSES_ROLES or updates_task:
        yield "iam:PassRole"
    tagging = _TAGGING.get((call.service, call.operation), _TAGGING.get(call.service))
    if tagging and _TAGS & call.parameters.keys() and tagging != iam_action(call.service, call.operation):
        yield tagging
    if (call.service, call.operation) in _BESIDES:
        yield _BESIDES[call.service, call.operation]
    if call.ready is not None:
        yield iam_action(call.service, call.ready.operation)
    for back in call.undo:
        yield from _of(back)
