"""The words of a query, each with its place."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.refusal import Refused

_WORD = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
    |(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?(?P<unit>ms|[smhdw])?(?![\w.]))
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<quoted>`[^`]*`)
    |(?P<name>[@A-Za-z_][\w@]*(?:[.:-]?\w+|\.\{\}|\[\d+\])*)
    |(?P<sign>=~|!=|<=|>=|[=<>|(),+*/%^\[\]-])
    """,
    re.VERBOSE,
)
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.)+)/([i]?)")
# a slash after these begins a regular expression, anywhere else it divides
_BEFORE_REGEX = {"like", "=~", "parse"}


class Word(Struct, frozen=True):
    """``text`` is as written, ``value`` without its quotes."""

    kind: str
    text: str
    value: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def malformed(query: str, start: int, end: int, message: str) -> Refused:
    """With the place, in words and as offsets."""
    before = query[:start]
    line, column = before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1
    more: Mapping[str, Any] = {
        "queryCompileError": {
            "location": {"startCharOffset": start, "endCharOffset": max(end, start)},
            "message": message,
        }
    }
    return Refused("MalformedQueryException", f"{message} at line {line} and position {column}", 400, more)


def unexpected(query: str, word: Word) -> Refused:
    found = word.text or "end of query"
    return malformed(query, word.start, word.end, f"unexpected symbol found {found}")


def words_of(query: str) -> list[Word]:
    """Raises Refused for a letter that belongs to no word."""
    found: list[Word] = []
    place = 0
    while place < len(query):
        word = _next(query, place, found)
        if word is None:
            raise malformed(query, place, place + 1, f"unexpected symbol found {query[place]}")
        place += len(word.text)
        if word.kind != "space":
            found.append(word)
    return [*found, Word("end", "", "", len(query))]


def _next(query: str, place: int, former: list[Word]) -> Word | None:
    if query[place] == "/" and _may_be_regex(former):
        regex = _REGEX.match(query, place)
        if regex is not None:
            return Word("regex", regex[0], f"(?i:{regex[1]})" if regex[2] else regex[1], place)
    match = _WORD.match(query, place)
    if match is None:
        return None
    kind = next(name for name in ("space", "number", "text", "quoted", "name", "sign") if match[name] is not None)
    text = match[0]
    value = text
    if kind in ("text", "quoted"):
        value = re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "text" else text[1:-1]
    return Word("name" if kind == "quoted" else "duration" if match["unit"] else kind, text, value, place)


def _may_be_regex(former: list[Word]) -> bool:
    if not former:
        return False
    if former[-1].text.lower() in _BEFORE_REGEX:
        return True
    return len(former) > 1 and former[-2].text.lower() == "parse"
