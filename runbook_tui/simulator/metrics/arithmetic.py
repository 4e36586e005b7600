"""Metric math, carried out. What is not listed here is refused: no answer may be empty for lack of a function."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from runbook_tui.simulator.metrics.expression import Function, Listed, Number, Reference, Sign, Text, Tree, parse
from runbook_tui.simulator.refusal import Refused, not_simulated


class Line(Struct, frozen=True):
    """A time series. ``period`` is in seconds."""

    label: str
    period: int
    points: Mapping[datetime, float]


Value = float | Line | tuple[Line, ...]
_Numbers = Callable[[Sequence[float]], float]

_TOGETHER: Mapping[str, _Numbers] = {
    "SUM": math.fsum,
    "AVG": lambda numbers: math.fsum(numbers) / len(numbers),
    "MIN": min,
    "MAX": max,
}
_EACH: Mapping[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": lambda number: float(math.ceil(number)),
    "FLOOR": lambda number: float(math.floor(number)),
}
_SIGNS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "<": lambda one, other: float(one < other),
    ">": lambda one, other: float(one > other),
    "<=": lambda one, other: float(one <= other),
    ">=": lambda one, other: float(one >= other),
    "==": lambda one, other: float(one == other),
    "!=": lambda one, other: float(one != other),
    "AND": lambda one, other: float(bool(one) and bool(other)),
    "OR": lambda one, other: float(bool(one) or bool(other)),
}


class Sources(Struct, frozen=True):
    """Where names lead. ``resolve`` gives a query's result by its id, ``metrics`` all queries that are metrics,
    ``search`` what ``SEARCH(expression, statistic, period)`` finds. ``times`` are the periods of the whole range."""

    resolve: Callable[[str], Value]
    metrics: Callable[[], Mapping[str, Line]]
    search: Callable[[str, str, int | None], tuple[Line, ...]]
    times: Callable[[int], Sequence[datetime]]


def evaluate(text: str, sources: Sources) -> Value:
    """Raises Refused."""
    return _value(parse(text), sources)


def _value(tree: Tree, sources: Sources) -> Value:
    match tree:
        case Number(value):
            return value
        case Reference(name):
            return sources.resolve(name)
        case Listed(members):
            return _flat([_value(each, sources) for each in members])
        case Sign(sign, left, right):
            return _combined(_SIGNS[sign], _value(left, sources), _value(right, sources))
        case Function(name, arguments):
            return _function(name, arguments, sources)
        case Text(value):
            raise Refused("ValidationError", f"Unexpected string '{value}' in a metric math expression")


def _flat(values: Sequence[Value]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for value in values:
        if isinstance(value, float):
            raise Refused("ValidationError", "An array of a metric math expression holds time series only")
        lines.extend(value if isinstance(value, tuple) else (value,))
    return tuple(lines)


def _combined(work: Callable[[float, float], float], left: Value, right: Value) -> Value:
    if isinstance(left, float) and isinstance(right, float):
        result = _safe(work, left, right)
        if result is None:
            raise Refused("ValidationError", "Division by zero in a metric math expression")
        return result
    if isinstance(left, tuple):
        return tuple(_line(work, each, right, each) for each in left)
    if isinstance(right, tuple):
        return tuple(_line(work, left, each, each) for each in right)
    whole = left if isinstance(left, Line) else right
    assert isinstance(whole, Line)
    return _line(work, left, right, whole)


def _line(work: Callable[[float, float], float], left: Value, right: Value, like: Line) -> Line:
    """Only where both have a datapoint, and none where it would be divided by zero."""
    if isinstance(left, tuple) or isinstance(right, tuple):
        raise Refused("ValidationError", "Two arrays of time series cannot be combined")
    found: dict[datetime, float] = {}
    for at in like.points:
        one, other = _at(left, at), _at(right, at)
        result = None if one is None or other is None else _safe(work, one, other)
        if result is not None:
            found[at] = result
    return Line(like.label, like.period, found)


def _at(value: float | Line, at: datetime) -> float | None:
    return value.points.get(at) if isinstance(value, Line) else value


def _safe(work: Callable[[float, float], float], left: float, right: float) -> float | None:
    try:
        result = work(left, right)
    except (ZeroDivisionError, OverflowError):
        return None
    return float(result) if isinstance(result, int | float) and math.isfinite(result) else None


def _function(name: str, arguments: Sequence[Tree], sources: Sources) -> Value:
    if name == "METRICS":
        return _metrics(arguments, sources)
    if name == "SEARCH":
        return _search(arguments, sources)
    if name == "FILL":
        return _fill(arguments, sources)
    values = [_value(each, sources) for each in arguments]
    if name in _TOGETHER and len(values) == 1:
        return _together(_TOGETHER[name], values[0])
    if name in _EACH and len(values) == 1:
        number = _EACH[name]
        return _combined(lambda one, _other: number(one), values[0], 0.0)
    match name, values:
        case "IF", [condition, chosen]:
            return _if(condition, chosen, None)
        case "IF", [condition, chosen, other]:
            return _if(condition, chosen, other)
        case "RATE", [Line() as line]:
            return _rate(line)
        case "RATE", [tuple() as lines]:
            return tuple(_rate(each) for each in lines)
        case "PERIOD", [Line() as line]:
            return float(line.period)
        case _:
            raise not_simulated(f"the metric math function {name} with {len(values)} arguments")


def _metrics(arguments: Sequence[Tree], sources: Sources) -> Value:
    match arguments:
        case []:
            return tuple(sources.metrics().values())
        case [Text(part)]:
            return tuple(line for name, line in sources.metrics().items() if part in name)
        case _:
            raise Refused("ValidationError", "METRICS takes a string or nothing")


def _search(arguments: Sequence[Tree], sources: Sources) -> Value:
    match arguments:
        case [Text(text), Text(statistic)]:
            return sources.search(text, statistic, None)
        case [Text(text), Text(statistic), Number(period)]:
            return sources.search(text, statistic, int(period))
        case _:
            raise Refused("ValidationError", "SEARCH takes an expression, a statistic and a period")


def _together(work: _Numbers, value: Value) -> Value:
    """Of one series a number, of several series one."""
    if isinstance(value, float):
        return value
    if isinstance(value, Line):
        if not value.points:
            return Line(value.label, value.period, {})
        return work(list(value.points.values()))
    if not value:
        return Line("", 60, {})
    times = sorted({at for line in value for at in line.points})
    found = {at: work([line.points[at] for line in value if at in line.points]) for at in times}
    return Line(value[0].label, value[0].period, found)


def _fill(arguments: Sequence[Tree], sources: Sources) -> Value:
    if len(arguments) != 2:
        raise Refused("ValidationError", "FILL takes a time series and what to fill it with")
    value = _value(arguments[0], sources)
    match arguments[1]:
        case Reference("REPEAT" | "LINEAR" as kind):
            filler: str | float = kind
        case other:
            number = _value(other, sources)
            if not isinstance(number, float):
                raise not_simulated("FILL with a time series")
            filler = number
    if isinstance(value, float):
        return value
    if isinstance(value, Line):
        return _filled(value, filler, sources)
    return tuple(_filled(each, filler, sources) for each in value)


def _filled(line: Line, filler: str | float, sources: Sources) -> Line:
    found: dict[datetime, float] = {}
    for at in sources.times(line.period):
        if at in line.points:
            found[at] = line.points[at]
        elif isinstance(filler, float):
            found[at] = filler
        else:
            near = _repeated(line, at) if filler == "REPEAT" else _between(line, at)
            if near is not None:
                found[at] = near
    return Line(line.label, line.period, found)


def _repeated(line: Line, at: datetime) -> float | None:
    before = [each for each in line.points if each < at]
    return line.points[max(before)] if before else None


def _between(line: Line, at: datetime) -> float | None:
    before, beyond = [each for each in line.points if each < at], [each for each in line.points if each > at]
    if not before or not beyond:
        return None
    first, last = max(before), min(beyond)
    share = (at - first) / (last - first)
    return line.points[first] + (line.points[last] - line.points[first]) * share


def _if(condition: Value, chosen: Value, other: Value | None) -> Value:
    if isinstance(condition, tuple) or isinstance(chosen, tuple) or isinstance(other, tuple):
        raise not_simulated("IF with an array of time series")
    if isinstance(condition, float):
        return chosen if condition else (other if other is not None else Line("", 60, {}))
    found: dict[datetime, float] = {}
    for at, holds in condition.points.items():
        taken = chosen if holds else other
        value = None if taken is None else _at(taken, at)
        if value is not None:
            found[at] = value
    return Line(condition.label, condition.period, found)


def _rate(line: Line) -> Line:
    """Change a second, from one datapoint to the next."""
    times = sorted(line.points)
    found = {
        at: (line.points[at] - line.points[before]) / ((at - before) / timedelta(seconds=1))
        for before, at in pairwise(times)
    }
    return Line(line.label, line.period, found)
