"""What policies allow, where IAM itself cannot be asked: Deny wins, a boundary limits and never grants. Pure.

A statement whose condition rests on a key that nobody gave makes the answer CONDITIONAL, never ALLOWED.
Policies of the organization and of sessions cannot be seen from here.
"""

import re
from collections.abc import Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.policy_condition import Context, Holds, conditions_hold, is_restricted
from runbook_tui.aws.facts.policy_document import Document, Statement, covers, glob

_VARIABLE: Final = re.compile(r"\$\{([^},]*)")


class Decision(Enum):
    """The values are IAM's words, but for CONDITIONAL."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"
    CONDITIONAL = "conditional"


class Request(Struct, frozen=True, kw_only=True):
    """``context`` holds the values of condition keys, by key in any case."""

    action: str
    resource: str = "*"
    context: Context = {}


class Judgement(Struct, frozen=True):
    """``keys`` are the condition keys that it depends on when CONDITIONAL."""

    decision: Decision
    keys: frozenset[str] = frozenset()

    @property
    def allowed(self) -> bool:
        return self.decision is Decision.ALLOWED


class _Found(Struct, frozen=True):
    """Of statements of one effect that are about the request. ``sure``: one of them applies whatever comes."""

    sure: bool
    keys: frozenset[str]


def evaluate(policies: Sequence[Document], request: Request, boundary: Sequence[Document] | None = None) -> Judgement:
    """``boundary`` None: there is none."""
    limits = policies if boundary is None else boundary
    denied = [_found([one for document in side for one in document.denies], request) for side in (policies, limits)]
    if any(one.sure for one in denied):
        return Judgement(Decision.EXPLICIT_DENY)
    allowed = [_found([one for document in side for one in document.allows], request) for side in (policies, limits)]
    if any(not one.sure and not one.keys for one in allowed):
        return Judgement(Decision.IMPLICIT_DENY)
    doubts = [one.keys for one in denied] + [one.keys for one in allowed if not one.sure]
    keys = frozenset().union(*doubts)
    return Judgement(Decision.CONDITIONAL, keys) if keys else Judgement(Decision.ALLOWED)


def grants_to(document: Document, principal: str, request: Request) -> Judgement:
    """What a resource's own policy decides for this role or user (ARN) of the same account."""
    named = [
        one
        for one in document.statements
        if (one.not_principals and not _names(one.not_principals, principal, deny=not one.allows))
        or _names(one.principals, principal, deny=not one.allows)
    ]
    return evaluate([Document(statements=tuple(named))], request)


def is_about(statement: Statement, request: Request) -> bool:
    """Whether it names the action and the resource, leaving its conditions aside."""
    if not statement.names_action(request.action):
        return False
    if statement.not_resources:
        return not any(glob(one, request.resource) for one in statement.not_resources)
    # the policy of a repository or a role stands for its own resource
    return not statement.resources or any(glob(one, request.resource) for one in statement.resources)


def gives_everything(statement: Statement) -> bool:
    """Allow of every action on every resource."""
    return _broad(statement) and covers_action(statement, "*:*")


def gives_service(statement: Statement, service: str) -> bool:
    """Allow of every action of a service, whatever the resource."""
    return statement.allows and not is_restricted(statement) and covers_action(statement, f"{service}:*")


def covers_action(statement: Statement, pattern: str) -> bool:
    return any(covers(one.lower(), pattern.lower()) for one in statement.actions)


def on_everything(statement: Statement) -> bool:
    """Its resources are all there are, or all but some."""
    return bool(statement.not_resources) or any(covers(one, "*") for one in statement.resources)


def _broad(statement: Statement) -> bool:
    return statement.allows and on_everything(statement) and not is_restricted(statement)


def _found(statements: Sequence[Statement], request: Request) -> _Found:
    held = [_holds(one, request) for one in statements if is_about(one, request)]
    keys = frozenset().union(*(one.keys for one in held)) if held else frozenset[str]()
    return _Found(any(one.holds for one in held), keys)


def _holds(statement: Statement, request: Request) -> Holds:
    """A resource that only a policy variable matches depends on the variable."""
    held = conditions_hold(statement.conditions, request.context)
    patterns = statement.not_resources or statement.resources
    variable = [one for one in patterns if "${" in one]
    plain = [one for one in statement.resources if one not in variable]
    if held.holds is False or not variable or any(glob(one, request.resource) for one in plain):
        return held
    return Holds(None, held.keys | {key for one in variable for key in _VARIABLE.findall(one)})


def _names(principals: Sequence[tuple[str, str]], principal: str, *, deny: bool) -> bool:
    """By an Allow, the account alone only delegates; a Deny of the account counts."""
    account = principal.split(":")[4] if principal.count(":") >= 5 else ""
    wanted = {principal, "*"} | ({account, f"arn:aws:iam::{account}:root"} if deny else set())
    return any(kind == "AWS" and name in wanted for kind, name in principals)
