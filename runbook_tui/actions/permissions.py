"""Which IAM actions a plan needs: those of its calls and of its undo, and what AWS asks besides."""

from collections.abc import Iterable, Iterator
from typing import Final

from runbook_tui.aws.operations import iam_action
from runbook_tui.core.plan import ApiCall, readings

# Whoever names a role in these hands it to ECS.
_PASSES_ROLES: Final = frozenset({("ecs", "register_task_definition"), ("ecs", "create_service")})

# What is made with tags needs the right to tag, by service.
_TAGGING: Final = {
    "acm": "acm:AddTagsToCertificate",
    "elbv2": "elasticloadbalancing:AddTags",
    "wafv2": "wafv2:TagResource",
}
# What AWS asks besides.
_BESIDES: Final = {
    ("wafv2", "associate_web_acl"): "elasticloadbalancing:SetWebACL",
    ("wafv2", "disassociate_web_acl"): "elasticloadbalancing:SetWebACL",
    ("elbv2", "create_load_balancer"): "iam:CreateServiceLinkedRole",  # the first one of an account
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
    if call.service == "ec2" and "TagSpecifications" in call.parameters:
        yield "ec2:CreateTags"  # of what is made with tags
    if "Tags" in call.parameters and call.service in _TAGGING:
        yield _TAGGING[call.service]
    if (call.service, call.operation) in _BESIDES:
        yield _BESIDES[call.service, call.operation]
    if call.ready is not None:
        yield iam_action(call.service, call.ready.operation)
    for back in call.undo:
        yield from _of(back)
