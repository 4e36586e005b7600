"""How policies decide together: any Deny wins, a boundary and a session only limit, a resource may grant by itself."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.iam.conditions import conditions_hold
from runbook_tui.simulator.iam.context import Context
from runbook_tui.simulator.iam.documents import Policy, Statement
from runbook_tui.simulator.iam.globs import glob, listed


class Decision(Enum):
    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


class Named(Enum):
    """How a resource's policy speaks of who asks. By its account only means that the account may delegate."""

    NOT = 0
    BY_ACCOUNT = 1
    BY_ROLE = 2
    ITSELF = 3


class Asked(Struct, frozen=True, kw_only=True):
    """``principals`` are the names that a resource's policy may call the caller by, and how each counts."""

    action: str
    resource: str
    context: Context
    principals: Mapping[tuple[str, str], Named] = {}


class Set(Struct, frozen=True, kw_only=True):
    """The policies that count for a request. None where there is no such limit."""

    identity: Sequence[Policy]
    boundary: Sequence[Policy] | None = None
    session: Sequence[Policy] | None = None
    resource: Sequence[Policy] = ()


class Judgement(Struct, frozen=True):
    """``missing`` are the condition keys that decided and that nobody gave a value for. ``source`` says which policies
    decided: ``identity-based policy``, ``permissions boundary``, ``session policy`` or ``resource-based policy``."""

    decision: Decision
    missing: frozenset[str] = frozenset()
    inside_boundary: bool = True
    matched: tuple[Statement, ...] = ()
    source: str = "identity-based policy"


class _Found(Struct, frozen=True):
    allows: tuple[Statement, ...]
    denies: tuple[Statement, ...]
    missing: frozenset[str]
    named: Named


def evaluate(policies: Set, asked: Asked) -> Judgement:
    """Raises Refused for conditions that are not known here."""
    identity = _find(policies.identity, asked)
    boundary = _find(policies.boundary or (), asked)
    session = _find(policies.session or (), asked)
    resource = _find(policies.resource, asked, of_resource=True)
    sources = {
        "identity-based policy": identity,
        "resource-based policy": resource,
        "permissions boundary": boundary,
        "session policy": session,
    }
    missing = frozenset().union(*(each.missing for each in sources.values()))
    inside = policies.boundary is None or bool(boundary.allows and not boundary.denies)
    for source, found in sources.items():
        if found.denies:
            return Judgement(Decision.EXPLICIT_DENY, frozenset(), inside, found.denies, source)
    granted = identity.allows + resource.allows
    allowed, source = _granted(policies, sources, inside=inside)
    if allowed:
        return Judgement(Decision.ALLOWED, frozenset(), inside, granted)
    return Judgement(Decision.IMPLICIT_DENY, missing, inside, granted, source)


def _granted(policies: Set, found: Mapping[str, _Found], *, inside: bool) -> tuple[bool, str]:
    """Whether, and else for want of what. A resource that names the caller itself asks nobody else."""
    resource = found["resource-based policy"]
    named = resource.named if resource.allows else Named.NOT
    if named is Named.ITSELF:
        return True, ""
    if not found["identity-based policy"].allows and named is not Named.BY_ROLE:
        return False, "identity-based policy"
    if not inside:
        return False, "permissions boundary"
    if policies.session is not None and not found["session policy"].allows:
        return False, "session policy"
    return True, ""


def _find(policies: Sequence[Policy], asked: Asked, *, of_resource: bool = False) -> _Found:
    allows: list[Statement] = []
    denies: list[Statement] = []
    missing: frozenset[str] = frozenset()
    named = Named.NOT
    for statement in (each for policy in policies for each in policy.statements):
        how = _named(statement.body, asked) if of_resource else Named.ITSELF
        if how is Named.NOT or not _is_about(statement, asked, of_resource=of_resource):
            continue
        outcome = conditions_hold(statement.body.get("Condition") or {}, asked.context)
        missing |= outcome.missing
        if not outcome.holds:
            continue
        if statement.body["Effect"] == "Deny":
            denies.append(statement)
        else:
            allows.append(statement)
            named = max(named, how, key=lambda each: each.value)
    return _Found(tuple(allows), tuple(denies), missing, named)


def _is_about(statement: Statement, asked: Asked, *, of_resource: bool) -> bool:
    body, action = statement.body, asked.action.lower()
    if "NotAction" in body:
        acts = not any(glob(each.lower(), action) for each in listed(body["NotAction"]))
    else:
        acts = any(glob(each.lower(), action) for each in listed(body.get("Action", [])))
    if not acts:
        return False
    if of_resource and "Resource" not in body and "NotResource" not in body:
        return True  # the policy of a repository or a role stands for its own resource
    if "NotResource" in body:
        return not _any(body["NotResource"], statement, asked)
    return _any(body.get("Resource", []), statement, asked)


def _any(patterns: Any, statement: Statement, asked: Asked) -> bool:
    return any(
        glob(pattern, asked.resource, asked.context, variables=statement.variables) for pattern in listed(patterns)
    )


def _named(body: Mapping[str, Any], asked: Asked) -> Named:
    if "NotPrincipal" in body:
        return Named.NOT if _how(body["NotPrincipal"], asked) is not Named.NOT else Named.ITSELF
    return _how(body.get("Principal", {}), asked)


def _how(principal: Any, asked: Asked) -> Named:
    if principal == "*":
        principal = {"AWS": "*"}
    names = [(kind, each) for kind, values in principal.items() for each in listed(values)]
    return max(
        (asked.principals.get(name, Named.NOT) for name in names), key=lambda each: each.value, default=Named.NOT
    )
