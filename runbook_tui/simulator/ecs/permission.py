"""What an execution role may do, and how AWS says that it may not."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from runbook_tui.simulator.policies import Decision, judge
from runbook_tui.simulator.world import World

_SERVICE = "ecs-tasks.amazonaws.com"


def can_be_assumed(world: World, role: str) -> bool:
    """Whether the role exists and lets ECS tasks take it."""
    model = _role(world, role)
    if model is None:
        return False
    statements = _document(model.assume_role_policy_document).get("Statement", ())
    return any(_trusts(each) for each in (statements if isinstance(statements, list) else [statements]))


def refusal(world: World, role: str, task: str, action: str, resource: str) -> str:
    """AWS's sentence when a task's role may not do it; empty when it may."""
    model = _role(world, role)
    policies = [_document(each) for each in model.policies.values()] if model is not None else []
    if model is not None:
        policies += [_managed(each) for each in model.managed_policies.values()]
    boundary = model.permissions_boundary_arn if model is not None else None
    limit = _managed(world.backend("iam").get_policy(boundary)) if boundary else None
    decision = judge(policies, limit, action=action, resource=resource, context={}).decision
    if decision is Decision.ALLOWED:
        return ""
    because = (
        "with an explicit deny in an identity-based policy"
        if decision is Decision.EXPLICIT_DENY
        else f"because no identity-based policy allows the {action} action"
    )
    who = f"arn:aws:sts::{world.account}:assumed-role/{role.rpartition('/')[2]}/{task}"
    return f"User: {who} is not authorized to perform: {action} on resource: {resource} {because}"


def _role(world: World, arn: str) -> Any:
    return next((each for each in world.backend("iam").roles.values() if each.arn == arn), None)


def _managed(policy: Any) -> Mapping[str, Any]:
    return _document(next(each.document for each in policy.versions if each.version_id == policy.default_version_id))


def _document(text: Any) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(unquote(text)) if isinstance(text, str) else text
    return document


def _trusts(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = principal.get("Service", ()) if isinstance(principal, Mapping) else ()
    return statement.get("Effect") == "Allow" and _SERVICE in ([services] if isinstance(services, str) else services)
