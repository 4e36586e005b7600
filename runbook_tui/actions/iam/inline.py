"""A role's inline policy of a given name, put as it should be."""

from collections.abc import Sequence

from msgspec import Struct

from runbook_tui.actions.iam.documents import Statement, document, same
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment


class Grant(Struct, frozen=True, kw_only=True):
    """What a role is to be allowed. ``kind`` is which of the site's roles it is, as the facts of IAM call it."""

    role: str
    kind: str
    policy: str
    statements: Sequence[Statement]


def grant_plan(aws: Aws, env: Environment, action_id: str, grants: Sequence[Grant], effect: str) -> Plan:
    """Policies of other names stay as they are. Missing when a role is not there."""
    changes = [(one, _text(aws, one)) for one in grants]
    changes = [(one, before) for one, before in changes if before is None or not same(before, document(one.statements))]
    calls = tuple(_put(number, one, before) for number, (one, before) in enumerate(changes, 1))
    roles = ", ".join(dict.fromkeys(one.role for one in grants))
    return Plan(
        action=action_id,
        title=f"Put {', '.join(dict.fromkeys(one.policy for one in grants))} into {roles}",
        environment=env.name,
        resource=roles,
        effect=effect,
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(
            Difference(what=f"{one.role}: {one.policy}", before=before or "", after=document(one.statements))
            for one, before in changes
        ),
        permissions=needed(calls),
    )


def _text(aws: Aws, one: Grant) -> str | None:
    aws.iam.role(one.role, one.kind)  # says which role is missing
    inline = aws.iam.inline_policies(one.role, one.kind)
    return next((policy.text for policy in inline if policy.name == one.policy), None)


def _put(number: int, one: Grant, before: str | None) -> ApiCall:
    where = {"RoleName": one.role, "PolicyName": one.policy}
    if before is not None:
        back = _call(number, where, before, "the policy is as it was")
    else:
        back = ApiCall(
            id=f"delete-policy-{number}",
            service="iam",
            operation="delete_role_policy",
            parameters=where,
            effect=f"{one.policy} is deleted",
            gone=("NoSuchEntity",),
        )
    return _call(number, where, document(one.statements), f"{one.role} has {one.policy}", (back,))


def _call(number: int, where: dict[str, str], text: str, effect: str, undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    return ApiCall(
        id=f"put-policy-{number}",
        service="iam",
        operation="put_role_policy",
        parameters={**where, "PolicyDocument": text},
        effect=effect,
        not_yet=("NoSuchEntity",),  # a role that was made seconds ago
        undo=undo,
    )
