"""Expressions of a query: comparisons, ``like``, ``in``, arithmetic, and a few functions."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.logs.insights.reader import Reader
from runbook_tui.simulator.logs.insights.values import Row, number, order, same
from runbook_tui.simulator.logs.insights.words import Word, malformed

Value = Callable[[Row], Any]
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: dict[str, Callable[[float, float], float | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right if right else None,
    "%": lambda left, right: left % right if right else None,
}
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2}


class Expression(Struct, frozen=True):
    """``name`` is its text, which is its column's name unless another is given."""

    name: str
    value: Value


def condition(reader: Reader) -> Value:
    """``or`` of ``and`` of tests."""
    parts = [_both(reader)]
    while reader.took("or"):
        parts.append(_both(reader))
    return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)


def expression(reader: Reader) -> Expression:
    start = reader.peek().start
    value = _sum(reader, 1)
    return Expression(reader.text_since(start), value)


def _both(reader: Reader) -> Value:
    parts = [_test(reader)]
    while reader.took("and"):
        parts.append(_test(reader))
    return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)


def _test(reader: Reader) -> Value:
    if reader.took("not"):
        inner = _test(reader)
        return lambda row: not inner(row)
    left = _sum(reader, 1)
    negated = reader.took("not")
    word = reader.peek()
    match word.text.lower():
        case "like" | "=~":
            reader.next()
            found = _like(left, reader.next(), reader)
        case "in":
            reader.next()
            wanted = _listed(reader)
            found = lambda row: any(same(left(row), each(row)) for each in wanted)  # noqa: E731 - one of four shapes
        case "=" | "!=" | "<" | "<=" | ">" | ">=" if not negated:
            reader.next()
            return _compared(word.text, left, _sum(reader, 1))
        case _ if negated:
            raise reader.unexpected(word)
        case _:
            return left
    return (lambda row: not found(row)) if negated else found


def _like(left: Value, word: Word, reader: Reader) -> Value:
    match word.kind:
        case "regex":
            compiled = compiled_regex(word, reader)
            return lambda row: compiled.search(_text(left(row))) is not None
        case "text":
            return lambda row: left(row) is not None and word.value in _text(left(row))
        case _:
            raise reader.unexpected(word)


def compiled_regex(word: Word, reader: Reader) -> "re.Pattern[str]":
    """Names of groups as Java and Python write them."""
    try:
        return re.compile(re.sub(r"\(\?<([A-Za-z]\w*)>", r"(?P<\1>", word.value))
    except re.error as error:
        raise malformed(reader.query, word.start, word.end, f"invalid regular expression {word.text}") from error


def _compared(sign: str, left: Value, right: Value) -> Value:
    if sign in ("=", "!="):
        wanted = sign == "="
        return lambda row: same(left(row), right(row)) is wanted
    compare = _ORDER[sign]

    def holds(row: Row) -> bool:
        first, second = left(row), right(row)
        if first is None or second is None:
            return False
        numbers = number(first), number(second)
        return bool(compare(order(first), order(second)) if None in numbers else compare(numbers[0], numbers[1]))

    return holds


def _listed(reader: Reader) -> Sequence[Value]:
    reader.expect("[")
    values = [_sum(reader, 1)]
    while reader.took(","):
        values.append(_sum(reader, 1))
    reader.expect("]")
    return values


def _sum(reader: Reader, binding: int) -> Value:
    left = _atom(reader)
    while (sign := reader.peek().text) in _BINDING and _BINDING[sign] >= binding:
        reader.next()
        left = _summed(_SUMS[sign], left, _sum(reader, _BINDING[sign] + 1))
    return left


def _summed(add: Callable[[float, float], float | None], left: Value, right: Value) -> Value:
    def value(row: Row) -> float | None:
        first, second = number(left(row)), number(right(row))
        return None if first is None or second is None else add(first, second)

    return value


def _atom(reader: Reader) -> Value:
    word = reader.next()
    match word.kind:
        case "number":
            figure = float(word.value)
            return lambda _row: figure
        case "text":
            return lambda _row: word.value
        case "name" if reader.peek().text == "(" and not word.text.startswith("`"):
            return _function(reader, word)
        case "name":
            return lambda row: row.get(word.value)
        case "sign" if word.text == "(":
            inner = condition(reader)
            reader.expect(")")
            return inner
        case "sign" if word.text == "-":
            negative = _atom(reader)
            return lambda row: None if number(negative(row)) is None else -(number(negative(row)) or 0)
        case _:
            raise reader.unexpected(word)


def _function(reader: Reader, word: Word) -> Value:
    if word.text.lower() == "bin":
        return bin_of(reader)
    known = _FUNCTIONS.get(word.text.lower())
    if known is None:
        raise malformed(reader.query, word.start, word.end, f"unknown function {word.text} found")
    least, most, function = known
    reader.expect("(")
    arguments = [_sum(reader, 1)] if reader.peek().text != ")" else []
    while reader.took(","):
        arguments.append(_sum(reader, 1))
    if not least <= len(arguments) <= most:
        raise malformed(reader.query, word.start, word.end, f"wrong number of arguments of {word.text}")
    reader.expect(")")
    return lambda row: function(*(each(row) for each in arguments))


def bin_of(reader: Reader) -> Value:
    """``bin(5m)``: the beginning of the five minutes in which a line was written."""
    reader.expect("(")
    word = reader.next()
    if word.kind != "duration":
        raise reader.unexpected(word)
    unit = word.text.lstrip("0123456789.")
    width = float(word.text.removesuffix(unit)) * _UNITS[unit]
    reader.expect(")")
    if width <= 0:
        raise reader.unexpected(word)
    name = f"bin({word.text})"  # after ``stats`` it is a column
    return lambda row: row[name] if name in row else row["@timestamp"] // width * width


def _text(value: Any) -> str:
    return "" if value is None else str(value)


_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "ispresent": (1, 1, lambda value: value is not None),
    "isempty": (1, 1, lambda value: value in (None, "")),
    "isblank": (1, 1, lambda value: not _text(value).strip()),
    "strcontains": (2, 2, lambda value, part: 1 if _text(part) in _text(value) else 0),
    "tolower": (1, 1, lambda value: _text(value).lower()),
    "toupper": (1, 1, lambda value: _text(value).upper()),
    "strlen": (1, 1, lambda value: len(_text(value))),
    "coalesce": (1, 9, lambda *values: next((value for value in values if value is not None), None)),
    "abs": (1, 1, lambda value: None if number(value) is None else abs(number(value) or 0)),
    "concat": (1, 9, lambda *values: "".join(_text(value) for value in values)),
}
