"""Comparing a value of a log line with one that a filter pattern names."""

import operator
import re
from collections.abc import Callable

from runbook_tui.simulator.logs.bad_pattern import bad_pattern

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
OPERATORS = ("!=", "<=", ">=", "=", "<", ">")
# what AWS takes between two percent signs
_SIGNS = re.compile(r"[A-Za-z0-9:_#=@/;,\s\-^$?\[\]{}|\\*+.]+")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Test = Callable[[str], bool]


def comparison(sign: str, wanted: str, *, quoted: bool = False) -> Test:
    """Whether a value, as text, stands in a relation to ``wanted``: a number, a text with ``*``, or ``%a regex%``."""
    if sign in _ORDER:
        return _ordered(_ORDER[sign], wanted)
    holds = _equal(wanted, quoted=quoted)
    return holds if sign == "=" else lambda value: not holds(value)


def regex(text: str) -> Test:
    """``text`` stands between its percent signs; AWS knows a small language only."""
    inner = text[1:-1]
    if not _SIGNS.fullmatch(inner):
        raise bad_pattern(f"{text} holds what no regular expression here may")
    try:
        compiled = re.compile(inner)
    except re.error as error:
        raise bad_pattern(f"{text} is no regular expression") from error
    return lambda value: compiled.search(value) is not None


def is_regex(text: str) -> bool:
    return len(text) > 2 and text.startswith("%") and text.endswith("%")


def number(text: str) -> float | None:
    return float(text) if NUMBER.fullmatch(text) else None


def _ordered(compare: Callable[[float, float], bool], wanted: str) -> Test:
    limit = number(wanted)
    if limit is None:
        raise bad_pattern(f"{wanted} is no number")

    def holds(value: str) -> bool:
        found = number(value)
        return found is not None and compare(found, limit)

    return holds


def _equal(wanted: str, *, quoted: bool) -> Test:
    if is_regex(wanted):
        return regex(wanted)
    limit = None if quoted else number(wanted)
    if limit is not None:
        return lambda value: number(value) == limit
    if "*" not in wanted:
        return lambda value: value == wanted
    globbed = re.compile(".*".join(map(re.escape, wanted.split("*"))), re.DOTALL)
    return lambda value: globbed.fullmatch(value) is not None
