"""Conditions of policy statements, in three values: a key that nobody gave a value for decides nothing. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.policy_document import Condition, Statement, glob

Context = Mapping[str, Sequence[str]]


class Holds(Struct, frozen=True):
    """``holds`` is None when it depends on the ``keys``."""

    holds: bool | None
    keys: frozenset[str] = frozenset()


_YES: Final = Holds(True)  # noqa: FBT003 - the value itself
_NO: Final = Holds(False)  # noqa: FBT003 - the value itself


def conditions_hold(conditions: Sequence[Condition], context: Context) -> Holds:
    """All of them together, for a request that has these keys and may have others."""
    given = {key.lower(): list(values) for key, values in context.items()}
    judged = [_holds(one, given) for one in conditions]
    if any(one.holds is False for one in judged):
        return _NO
    keys = frozenset().union(*(one.keys for one in judged)) if judged else frozenset()
    return Holds(None, keys) if keys else _YES


def is_restricted(statement: Statement) -> bool:
    """Whether a condition narrows it by principal, source or resource, in every request."""
    return any(
        _NARROWING.match(one.key) is not None and _plain(one.operator) in _WANTING and ":" not in one.operator
        for one in statement.conditions
        if not one.operator.endswith("IfExists") and "*" not in one.values
    )


_NARROWING: Final = re.compile(r"(aws:(source|principal|resource|calledvia|viaaws)|[\w-]+:resourcetag/)", re.IGNORECASE)
_WANTING: Final = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress", "Bool"}
)


def _holds(condition: Condition, given: Mapping[str, list[str]]) -> Holds:
    quantifier = condition.operator.rpartition(":")[0]
    name = _plain(condition.operator)
    values = given.get(condition.key.lower())
    unknown = Holds(None, frozenset({condition.key}))
    if values is None or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        return unknown
    if name == "Null":
        return Holds("false" in [value.lower() for value in condition.values])
    negated = name in _NEGATED
    compare = _COMPARES.get(_NEGATED.get(name, name))
    if compare is None or any("${" in value for value in condition.values):
        return unknown
    matches = [any(compare(wanted, value) for wanted in condition.values) is not negated for value in values]
    every = quantifier == "ForAllValues" or (not quantifier and negated)
    return Holds(all(matches) if every else any(matches))


def _plain(operator: str) -> str:
    return operator.rpartition(":")[2].removesuffix("IfExists")


def _arn_like(wanted: str, value: str) -> bool:
    """Part by part: a star does not reach over a colon."""
    patterns, parts = wanted.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(glob(one, part) for one, part in zip(patterns, parts, strict=True))


_COMPARES: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": glob,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}
_NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
