"""Conditions of policy statements. An operator that is not known here is refused, never guessed."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.iam.context import Context, filled
from runbook_tui.simulator.iam.globs import glob, listed
from runbook_tui.simulator.refusal import not_simulated

Compare = Callable[[str, str, Context], bool]


class Outcome(Struct, frozen=True):
    """``missing`` are the keys that the request did not have."""

    holds: bool
    missing: frozenset[str] = frozenset()


def conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> Outcome:
    """All of them. Raises Refused."""
    judged = [
        _one(operator, key, [_text(each) for each in listed(wanted)], context)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    ]
    return Outcome(all(each.holds for each in judged), frozenset().union(*(each.missing for each in judged)))


def _one(operator: str, key: str, wanted: Sequence[str], context: Context) -> Outcome:
    quantifier, _, plain = operator.rpartition(":")
    name = plain.removesuffix("IfExists")
    given = context.get(key)
    if name == "Null":
        return Outcome(any(each.lower() == str(given is None).lower() for each in wanted))
    negated = name in _NEGATED
    if not known_operator(operator):
        raise not_simulated(f"the policy condition {operator}")
    compare = _OPERATORS[_NEGATED.get(name, name)]
    if given is None:
        optional = name != plain or quantifier == "ForAllValues"
        holds = optional or (negated and quantifier != "ForAnyValue")
        return Outcome(holds, frozenset() if optional else frozenset({key}))
    matches = [any(compare(each, value, context) for each in wanted) is not negated for value in given]
    # without a quantifier, a negated operator wants none of the values, any other one of them
    every = quantifier == "ForAllValues" or (not quantifier and negated)
    return Outcome(all(matches) if every else any(matches))


def known_operator(operator: str) -> bool:
    """With or without its quantifier and ``IfExists``."""
    quantifier, _, plain = operator.rpartition(":")
    name = plain.removesuffix("IfExists")
    known = name == "Null" or _NEGATED.get(name, name) in _OPERATORS
    return known and quantifier in ("", "ForAllValues", "ForAnyValue")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(wanted: str, given: str, context: Context) -> bool:
    expression = filled(wanted, context, re.escape)
    return expression is not None and re.fullmatch(expression, given, re.DOTALL) is not None


def _like(wanted: str, given: str, context: Context) -> bool:
    return glob(wanted, given, context)


def _arn_like(wanted: str, given: str, context: Context) -> bool:
    """Each of the six parts for itself: a star does not reach over a colon."""
    parts, found = wanted.split(":", 5), given.split(":", 5)
    return len(parts) == len(found) == 6 and all(glob(p, f, context) for p, f in zip(parts, found, strict=True))


def _inside(wanted: str, given: str, _context: Context) -> bool:
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _numbers(holds: Callable[[float, float], bool]) -> Compare:
    def compare(wanted: str, given: str, _context: Context) -> bool:
        try:
            return holds(float(given), float(wanted))
        except ValueError:
            return False

    return compare


def _dates(holds: Callable[[float, float], bool]) -> Compare:
    def compare(wanted: str, given: str, _context: Context) -> bool:
        first, second = _moment(given), _moment(wanted)
        return first is not None and second is not None and holds(first, second)

    return compare


def _moment(text: str) -> float | None:
    """ISO 8601 or seconds since 1970."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda given, wanted: given == wanted,
    "LessThan": lambda given, wanted: given < wanted,
    "LessThanEquals": lambda given, wanted: given <= wanted,
    "GreaterThan": lambda given, wanted: given > wanted,
    "GreaterThanEquals": lambda given, wanted: given >= wanted,
}
_OPERATORS: dict[str, Compare] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": lambda wanted, given, context: _same(wanted.lower(), given.lower(), context),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda wanted, given, _context: wanted.lower() == given.lower(),
    "IpAddress": _inside,
    **{f"Numeric{name}": _numbers(holds) for name, holds in _ORDERS.items()},
    **{f"Date{name}": _dates(holds) for name, holds in _ORDERS.items()},
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
