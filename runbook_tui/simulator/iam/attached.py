"""The policies of roles, users and groups, as moto keeps them, and those of resources."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runbook_tui.simulator.iam.documents import Policy, read
from runbook_tui.simulator.iam.principals import Principal, role_of, user_of

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World


def identity_policies(world: "World", owner: str) -> list[Policy]:
    """Of the role or user with this ARN: inline, attached, and those of its groups. Empty when there is no such."""
    role = role_of(world, owner)
    if role is not None:
        return list(_of(role, "role"))
    user = user_of(world, owner)
    if user is None:
        return []
    groups = world.backend("iam").get_groups_for_user(user.name)
    return [*_of(user, "user"), *(each for group in groups for each in _of(group, "group"))]


def boundary(world: "World", owner: str) -> list[Policy] | None:
    model = role_of(world, owner) or user_of(world, owner)
    arn = getattr(model, "permissions_boundary_arn", None)
    return [managed(world, arn)] if arn else None


def managed(world: "World", arn: str) -> Policy:
    return _managed(world.backend("iam").get_policy(arn))


def session_policies(principal: Principal) -> tuple[Policy, ...] | None:
    return principal.limits


def resource_policies(world: "World", arn: str) -> list[Policy]:
    """Of a secret, a repository, a topic or a bucket; others have none here."""
    text = _text_of(world, arn)
    return [read(text, arn, "resource")] if text else []


def _of(model: Any, kind: str) -> Iterator[Policy]:
    for name, text in model.policies.items():
        yield read(_plain(text), f"{kind}_{model.name}_{name}", kind)
    for policy in model.managed_policies.values():
        yield _managed(policy)


def _managed(policy: Any) -> Policy:
    document = next(each.document for each in policy.versions if each.version_id == policy.default_version_id)
    return read(document, policy.name, "aws-managed" if ":iam::aws:" in policy.arn else "user-managed")


def _plain(text: Any) -> str:
    return text if isinstance(text, str) else json.dumps(text)


def _text_of(world: "World", arn: str) -> str | None:
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return None
    match parts[2]:
        case "secretsmanager":
            found = next((s for s in world.backend("secretsmanager").secrets.values() if s.arn == arn), None)
            return found.policy if found is not None else None
        case "ecr":
            repository = world.backend("ecr").repositories.get(parts[5].removeprefix("repository/"))
            return repository.policy if repository is not None else None
        case "sns":
            topic = world.backend("sns").topics.get(arn)
            return topic.policy if topic is not None else None
        case "s3":
            bucket = _buckets(world).get(parts[5].split("/")[0])
            policy = bucket.policy if bucket is not None else None
            return policy.decode() if isinstance(policy, bytes) else policy
        case _:
            return None


def _buckets(world: "World") -> Any:
    from moto.backends import get_backend

    return get_backend("s3")[world.account]["aws"].buckets
