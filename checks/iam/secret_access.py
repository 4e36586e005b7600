"""Secrets and keys have policies of their own: what the role's policies do not allow, these may."""

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.permission import Answer, Principal
from runbook_tui.aws.facts.policy import Decision, Request, grants_to
from runbook_tui.aws.facts.policy_condition import Context
from runbook_tui.aws.facts.policy_document import Document


def granted_by_the_secret(aws: Aws, role: Principal, name: str, answer: Answer) -> bool:
    return _grants(aws.permission.secret_policy(name), role, answer, {})


def granted_by_the_key(aws: Aws, role: Principal, answer: Answer, context: Context) -> bool:
    return _grants(aws.permission.key_policy(answer.resource), role, answer, context)


def _grants(document: Document | None, role: Principal, answer: Answer, context: Context) -> bool:
    """An explicit Deny of the role's own policies stays one."""
    if document is None or answer.decision is not Decision.IMPLICIT_DENY:
        return False
    request = Request(action=answer.action, resource=answer.resource, context=context)
    return grants_to(document, role.arn, request).allowed
