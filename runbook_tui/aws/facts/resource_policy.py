"""To whom the policy of a resource opens it: everybody, or other accounts. Pure."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from runbook_tui.aws.facts.policy import Judgement, Request, grants_to
from runbook_tui.aws.facts.policy_condition import is_restricted
from runbook_tui.aws.facts.policy_document import Document, Effect, Statement


class Reach(StrEnum):
    EVERYONE = "everyone"
    FOREIGN = "foreign account"


class Opening(Struct, frozen=True, kw_only=True):
    """A statement that lets somebody in from outside. ``who`` is as it stands in the policy."""

    statement: str
    reach: Reach
    who: str


def openings(document: Document, account: str) -> tuple[Opening, ...]:
    """Of every Allow without a condition that narrows it by principal, source or resource."""
    return tuple(
        one for statement in document.allows if not is_restricted(statement) for one in _of(statement, account)
    )


def principals(document: Document) -> tuple[str, ...]:
    """Everybody that it names, each once."""
    named = (pair for one in document.statements for pair in (*one.principals, *one.not_principals))
    return tuple(dict.fromkeys(name if kind == "AWS" else f"{kind} {name}" for kind, name in named))


def denied_to(document: Document, principal: str, request: Request) -> Judgement:
    """Whether its Denies hit this role or user (ARN): EXPLICIT_DENY, CONDITIONAL, or ALLOWED when none does."""
    everything = Statement(
        index=0, effect=Effect.ALLOW, actions=("*",), resources=("*",), principals=(("AWS", principal),)
    )
    return grants_to(Document(statements=(everything, *document.denies)), principal, request)


def _of(statement: Statement, account: str) -> Iterator[Opening]:
    if statement.not_principals:
        who = ", ".join(name for _, name in statement.not_principals)
        yield Opening(statement=statement.label, reach=Reach.EVERYONE, who=f"all but {who}")
    for kind, name in statement.principals:
        if name == "*":
            yield Opening(statement=statement.label, reach=Reach.EVERYONE, who="*")
        elif kind == "AWS" and account_of(name) not in ("", account):
            yield Opening(statement=statement.label, reach=Reach.FOREIGN, who=name)


def account_of(principal: str) -> str:
    """The account of an ARN or of a bare account id; empty for a deleted principal's unique id."""
    if principal.isdecimal():
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 else ""
