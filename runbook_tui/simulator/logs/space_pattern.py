"""Patterns of fields between spaces: ``[ip, user, ..., status=5*, bytes > 1000]``."""

import re
from collections.abc import Mapping

from msgspec import Struct

from runbook_tui.simulator.logs.bad_pattern import bad_pattern
from runbook_tui.simulator.logs.compare import Test, comparison

# a field in a log line is a word, or whatever stands in brackets or quotes
_FIELD = re.compile(r'\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)')
_COLUMN = re.compile(
    r"""\s*(?P<name>\w+)\s*
    (?P<sign>!=|<=|>=|=|<|>)\s*(?P<wanted>"(?:[^"\\]|\\.)*"|%[^%]+%|[^\s&|,]+)\s*""",
    re.VERBOSE,
)


class _Column(Struct, frozen=True):
    """``any`` of alternatives, each a list of tests that all hold; a bare name has none."""

    name: str
    any: tuple[tuple[Test, ...], ...] = ()

    def holds(self, value: str) -> bool:
        return not self.any or any(all(test(value) for test in tests) for tests in self.any)


class SpacePattern(Struct, frozen=True):
    """``gap`` is where ``...`` stands, else None."""

    columns: tuple[_Column, ...]
    gap: int | None

    def match(self, message: str) -> Mapping[str, str] | None:
        values = _fields(message)
        chosen = self._aligned(values)
        if chosen is None:
            return None
        pairs = list(zip(self.columns, chosen, strict=True))
        return {f"${each.name}": value for each, value in pairs} if all(c.holds(v) for c, v in pairs) else None

    def value(self, message: str, selector: str) -> str | None:
        return (self.match(message) or {}).get(selector)

    def _aligned(self, values: list[str]) -> list[str] | None:
        if self.gap is None:
            return values if len(values) == len(self.columns) else None
        behind = len(self.columns) - self.gap
        if len(values) < len(self.columns):
            return None
        return values[: self.gap] + (values[-behind:] if behind else [])


def space_pattern(text: str) -> SpacePattern:
    if not text.endswith("]"):
        raise bad_pattern("the bracket is not closed")
    columns: list[_Column] = []
    gap: int | None = None
    for number, part in enumerate(_split(text[1:-1]), start=1):
        if part.strip() == "...":
            if gap is not None:
                raise bad_pattern("two ellipses")
            gap = len(columns)
        else:
            columns.append(_column(part.strip(), number))
    if not columns:
        raise bad_pattern("no fields")
    return SpacePattern(tuple(columns), gap)


def _fields(message: str) -> list[str]:
    return [next(group for group in found.groups() if group is not None) for found in _FIELD.finditer(message)]


def _split(text: str) -> list[str]:
    """At commas outside of quotes and regular expressions."""
    return [found[0] for found in re.finditer(r'(?:"(?:[^"\\]|\\.)*"|%[^%]*%|[^,"%])+', text)]


def _column(text: str, number: int) -> _Column:
    if re.fullmatch(r"\w+", text):
        return _Column(text)
    if not text:
        return _Column(str(number))
    alternatives = [[_tested(one) for one in part.split("&&")] for part in text.split("||")]
    names = {name for part in alternatives for name, _ in part}
    if len(names) != 1:
        raise bad_pattern(f"{text} speaks of more than one field")
    return _Column(names.pop(), tuple(tuple(each for _, each in part) for part in alternatives))


def _tested(text: str) -> tuple[str, Test]:
    found = _COLUMN.fullmatch(text)
    if found is None:
        raise bad_pattern(f"{text.strip()} is no field")
    wanted, quoted = found["wanted"], found["wanted"].startswith('"')
    return found["name"], comparison(found["sign"], wanted[1:-1] if quoted else wanted, quoted=quoted)
