"""What IAM policies allow: Deny wins, names are globs, a boundary only limits. What it cannot judge it refuses."""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.refusal import not_simulated

Statement = Mapping[str, Any]
Context = Mapping[str, Sequence[str]]


class Decision(Enum):
    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


class Judgement(Struct, frozen=True):
    """``missing`` are the condition keys that decided and that nobody gave a value for."""

    decision: Decision
    missing: frozenset[str] = frozenset()
    inside_boundary: bool = True


class _Unmet(Struct, frozen=True):
    holds: bool
    missing: frozenset[str] = frozenset()


def judge(
    policies: Sequence[Mapping[str, Any]],
    boundary: Mapping[str, Any] | None,
    *,
    action: str,
    resource: str,
    context: Context,
) -> Judgement:
    """Raises Refused for conditions and variables that are not known here."""
    found = _judge(policies, action, resource, context)
    if boundary is None or found.decision is Decision.EXPLICIT_DENY:
        return found
    limit = _judge([boundary], action, resource, context)
    if limit.decision is Decision.ALLOWED:
        return found
    decision = Decision.EXPLICIT_DENY if limit.decision is Decision.EXPLICIT_DENY else Decision.IMPLICIT_DENY
    return Judgement(decision, found.missing | limit.missing, inside_boundary=False)


def _judge(policies: Sequence[Mapping[str, Any]], action: str, resource: str, context: Context) -> Judgement:
    missing: frozenset[str] = frozenset()
    allowed = False
    for statement in (each for policy in policies for each in _listed(policy["Statement"])):
        if not (_acts_on(statement, action) and _is_about(statement, resource)):
            continue
        condition = _conditions_hold(statement.get("Condition", {}), context)
        missing |= condition.missing
        if condition.holds and statement["Effect"] == "Deny":
            return Judgement(Decision.EXPLICIT_DENY)
        allowed = allowed or condition.holds
    if allowed:
        return Judgement(Decision.ALLOWED)
    return Judgement(Decision.IMPLICIT_DENY, missing)


def _acts_on(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return not _any_glob(statement["NotAction"], action, fold=True)
    return _any_glob(statement["Action"], action, fold=True)


def _is_about(statement: Statement, resource: str) -> bool:
    if "NotResource" in statement:
        return not _any_glob(statement["NotResource"], resource)
    return _any_glob(statement["Resource"], resource)


def _any_glob(patterns: Any, text: str, *, fold: bool = False) -> bool:
    return any(_glob(pattern, text, fold=fold) for pattern in _listed(patterns))


def _glob(pattern: str, text: str, *, fold: bool = False) -> bool:
    if "${" in pattern:
        raise not_simulated(f"a policy with the variable {pattern}")
    if fold:
        pattern, text = pattern.lower(), text.lower()
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": _glob,
    "ArnEquals": _glob,
    "ArnLike": _glob,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> _Unmet:
    judged = [
        _condition_holds(operator, key, _listed(wanted), context)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    ]
    return _Unmet(all(each.holds for each in judged), frozenset().union(*(each.missing for each in judged)))


def _condition_holds(operator: str, key: str, wanted: Sequence[Any], context: Context) -> _Unmet:
    name = operator.removesuffix("IfExists")
    negated = name in _NEGATED
    compare = _OPERATORS.get(_NEGATED.get(name, name))
    if compare is None:
        raise not_simulated(f"the policy condition {operator}")
    given = {each.lower(): values for each, values in context.items()}.get(key.lower())
    if given is None:
        optional = operator != name
        return _Unmet(optional or negated, frozenset() if optional else frozenset({key}))
    matches = any(compare(str(each).replace("True", "true"), value) for each in wanted for value in given)
    return _Unmet(matches is not negated)
