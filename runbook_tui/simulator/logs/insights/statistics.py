"""``stats``: rows gathered by what they have in common."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.logs.insights.expressions import Expression, expression
from runbook_tui.simulator.logs.insights.reader import Reader
from runbook_tui.simulator.logs.insights.values import Row, number, order, shown
from runbook_tui.simulator.logs.insights.words import malformed

Gather = Callable[[Sequence[Any]], Any]
_OF_NUMBERS: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "avg": lambda values: sum(values) / len(values),
    "min": min,
    "max": max,
}


class _Measure(Struct, frozen=True):
    name: str
    of: Expression | None
    gather: Gather


def stats(reader: Reader) -> tuple[Callable[[list[Row]], list[Row]], tuple[str, ...]]:
    """The step, and the columns: first what is gathered by, then what is measured."""
    measures = [_measure(reader)]
    while reader.took(","):
        measures.append(_measure(reader))
    keys = _keys(reader) if reader.took("by") else []
    columns = (*(name for name, _ in keys), *(each.name for each in measures))

    def step(rows: list[Row]) -> list[Row]:
        groups: dict[tuple[str, ...], tuple[Row, list[Row]]] = {}
        for row in rows:
            values = {name: key.value(row) for name, key in keys}
            kind = tuple("" if value is None else shown("", value) for value in values.values())
            groups.setdefault(kind, (values, []))[1].append(row)
        if not keys and not rows:
            groups[()] = ({}, [])
        return [
            {**values, **{each.name: _measured(each, members) for each in measures}}
            for values, members in groups.values()
        ]

    return step, columns


def _keys(reader: Reader) -> list[tuple[str, Expression]]:
    keys = [_key(reader)]
    while reader.took(","):
        keys.append(_key(reader))
    return keys


def _key(reader: Reader) -> tuple[str, Expression]:
    found = expression(reader)
    name = reader.next().value if reader.took("as") else found.name.strip("`")
    return name, found


def _measure(reader: Reader) -> _Measure:
    word = reader.next()
    if word.kind != "name" or reader.peek().text != "(":
        raise reader.unexpected(word)
    function = word.text.lower()
    reader.expect("(")
    of: Expression | None = None
    if function == "count" and reader.took("*"):
        pass
    elif reader.peek().text != ")":
        of = expression(reader)
    gather = _gather(reader, function, word, of)
    reader.expect(")")
    name = reader.text_since(word.start)
    if reader.took("as"):
        alias = reader.next()
        if alias.kind != "name":
            raise reader.unexpected(alias)
        name = alias.value
    return _Measure(name, of, gather)


def _gather(reader: Reader, function: str, word: Any, of: Expression | None) -> Gather:
    if of is None and function != "count":
        raise malformed(reader.query, word.start, word.end, f"wrong number of arguments of {word.text}")
    match function:
        case "count":
            return len
        case "count_distinct":
            return lambda values: len({shown("", value) for value in values})
        case "pct" | "percentile":
            reader.expect(",")
            return _percentile(_figure(reader))
        case "median":
            return _percentile(50)
        case "earliest" | "latest":
            return lambda values: values[0 if function == "earliest" else -1] if values else None
        case "min" | "max":
            extreme = min if function == "min" else max
            return lambda values: extreme(values, key=order) if values else None
        case _ if function in _OF_NUMBERS:
            return _numeric(_OF_NUMBERS[function])
        case _:
            raise malformed(reader.query, word.start, word.end, f"unknown function {word.text} found")


def _figure(reader: Reader) -> float:
    word = reader.next()
    if word.kind != "number" or not 0 <= float(word.value) <= 100:
        raise reader.unexpected(word)
    return float(word.value)


def _numeric(function: Callable[[list[float]], float]) -> Gather:
    def gather(values: Sequence[Any]) -> float | None:
        figures = [figure for figure in map(number, values) if figure is not None]
        return function(figures) if figures else None

    return gather


def _percentile(percent: float) -> Gather:
    """By nearest rank, as the lines themselves have it."""

    def gather(values: Sequence[Any]) -> float | None:
        figures = sorted(figure for figure in map(number, values) if figure is not None)
        if not figures:
            return None
        rank = max(1, -(-len(figures) * percent // 100))
        return figures[int(rank) - 1]

    return gather


def _measured(measure: _Measure, rows: Sequence[Row]) -> Any:
    if measure.of is None:
        return len(rows)
    in_time = sorted(rows, key=lambda row: row.get("@timestamp", 0))
    return measure.gather([value for row in in_time if (value := measure.of.value(row)) is not None])
