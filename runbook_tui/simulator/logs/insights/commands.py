"""The commands of a query, each a step from rows to rows."""

import re
from collections.abc import Callable

from msgspec import Struct

from runbook_tui.simulator.logs.insights.expressions import Expression, compiled_regex, condition, expression
from runbook_tui.simulator.logs.insights.reader import Reader
from runbook_tui.simulator.logs.insights.statistics import stats
from runbook_tui.simulator.logs.insights.values import Row, order, shown
from runbook_tui.simulator.logs.insights.words import malformed

Step = Callable[[list[Row]], list[Row]]
MOST = 10_000


class Command(Struct, frozen=True, kw_only=True):
    """``columns`` are those that it leaves to be shown, None when it says nothing of that; beside the former ones when
    it ``adds``, and beside the usual ones unless some command ``chooses``."""

    step: Step
    columns: tuple[str, ...] | None = None
    adds: bool = False
    limits: bool = False
    chooses: bool = False
    aggregates: bool = False


def fields(reader: Reader) -> Command:
    return _shown(reader, adds=True)


def display(reader: Reader) -> Command:
    return _shown(reader, adds=False)


def keep(reader: Reader) -> Command:
    holds = condition(reader)
    return Command(step=lambda rows: [row for row in rows if holds(row)])


def sort(reader: Reader) -> Command:
    keys = [_key(reader)]
    while reader.took(","):
        keys.append(_key(reader))

    def step(rows: list[Row]) -> list[Row]:
        found = list(rows)
        for key, falling in reversed(keys):
            found.sort(key=lambda row: order(key.value(row)), reverse=falling)
        return found

    return Command(step=step)


def limit(reader: Reader) -> Command:
    word = reader.next()
    if word.kind != "number" or not word.value.isdecimal() or not 1 <= int(word.value) <= MOST:
        raise reader.unexpected(word)
    count = int(word.value)
    return Command(step=lambda rows: rows[:count], limits=True)


def dedup(reader: Reader) -> Command:
    keys = [expression(reader)]
    while reader.took(","):
        keys.append(expression(reader))

    def step(rows: list[Row]) -> list[Row]:
        """The first of each kind; rows without one of the fields stay."""
        seen: dict[tuple[str, ...], Row] = {}
        kept: list[Row] = []
        for row in rows:
            values = [key.value(row) for key in keys]
            kind = tuple(shown("", value) for value in values)
            if None in values or kind not in seen:
                seen[kind] = row
                kept.append(row)
        return kept

    return Command(step=step)


def parse(reader: Reader) -> Command:
    """``parse @message "* took * ms" as what, ms``, or a regular expression with named groups."""
    source = expression(reader) if reader.peek().kind == "name" else Expression("@message", lambda r: r["@message"])
    pattern = reader.next()
    if pattern.kind == "regex":
        compiled = compiled_regex(pattern, reader)
        names = tuple(compiled.groupindex)
        if reader.took("as"):
            names = _names(reader)
    elif pattern.kind == "text":
        compiled = re.compile(
            "(.*?)".join(map(re.escape, pattern.value.split("*"))) + "$" * pattern.value.endswith("*")
        )
        reader.expect("as")
        names = _names(reader)
    else:
        raise reader.unexpected(pattern)
    if compiled.groups != len(names) or not names:
        text = f"{pattern.text} has {compiled.groups} parts for {len(names)} names"
        raise malformed(reader.query, pattern.start, pattern.end, text)

    def step(rows: list[Row]) -> list[Row]:
        return [_parsed(row, source, compiled, names) for row in rows]

    return Command(step=step, columns=names, adds=True)


def statistics(reader: Reader) -> Command:
    step, columns = stats(reader)
    return Command(step=step, columns=columns, aggregates=True, chooses=True)


COMMANDS: dict[str, Callable[[Reader], Command]] = {
    "fields": fields,
    "display": display,
    "filter": keep,
    "sort": sort,
    "limit": limit,
    "head": limit,
    "dedup": dedup,
    "parse": parse,
    "stats": statistics,
}


def _shown(reader: Reader, *, adds: bool) -> Command:
    chosen = [_named(reader)]
    while reader.took(","):
        chosen.append(_named(reader))

    def step(rows: list[Row]) -> list[Row]:
        return [{**row, **{name: value.value(row) for name, value in chosen}} for row in rows]

    return Command(step=step, columns=tuple(name for name, _ in chosen), adds=adds, chooses=True)


def _named(reader: Reader) -> tuple[str, Expression]:
    found = expression(reader)
    return (_name(reader) if reader.took("as") else found.name.strip("`"), found)


def _key(reader: Reader) -> tuple[Expression, bool]:
    found = expression(reader)
    if reader.took("desc"):
        return found, True
    reader.took("asc")
    return found, False


def _names(reader: Reader) -> tuple[str, ...]:
    names = [_name(reader)]
    while reader.took(","):
        names.append(_name(reader))
    return tuple(names)


def _name(reader: Reader) -> str:
    word = reader.next()
    if word.kind != "name":
        raise reader.unexpected(word)
    return word.value


def _parsed(row: Row, source: Expression, compiled: "re.Pattern[str]", names: tuple[str, ...]) -> Row:
    found = compiled.search(str(source.value(row) or ""))
    if found is None:
        return row
    values = [found[name] for name in names] if compiled.groupindex and set(names) <= set(compiled.groupindex) else None
    return {**row, **dict(zip(names, values or found.groups(), strict=False))}
