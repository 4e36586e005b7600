"""Patterns of JSON: ``{ $.level = "error" && ($.status >= 500 || $.code IS NULL) }``."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.logs.bad_pattern import bad_pattern
from runbook_tui.simulator.logs.compare import comparison
from runbook_tui.simulator.logs.selectors import ABSENT, Selector, as_text, selector

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<select>\$(?:\.[^\s=!<>()&|{}\[\]"']+|\[(?:\d+|\*|'[^']*'|"[^"]*")\])+)
    |(?P<text>"(?:[^"\\]|\\.)*")
    |(?P<regex>%[^%]+%)
    |(?P<sign>&&|\|\||!=|<=|>=|=|<|>|\(|\))
    |(?P<word>[^\s=!<>()&|{}"%]+)
    )""",
    re.VERBOSE,
)
_NAMED = {"TRUE": True, "FALSE": False, "NULL": None}
Condition = Callable[[Any], bool]


class JsonPattern(Struct, frozen=True):
    holds: Condition
    selectors: tuple[Selector, ...]

    def match(self, message: str) -> Mapping[str, str] | None:
        document = _parsed(message)
        if document is ABSENT or not self.holds(document):
            return None
        found = {each.text: each.first(document) for each in self.selectors}
        return {name: as_text(value) for name, value in found.items() if value is not ABSENT}

    def value(self, message: str, selector_text: str) -> str | None:
        if not selector_text.startswith("$"):
            return None
        found = selector(selector_text).first(_parsed(message))
        return None if found is ABSENT or found is None else as_text(found)


def json_pattern(text: str) -> JsonPattern:
    """Raises Refused for anything but the language of AWS."""
    if not text.endswith("}"):
        raise bad_pattern("the brace is not closed")
    reader = _Reader(list(_tokens(text[1:-1])))
    holds = reader.either()
    if not reader.at_end:
        raise bad_pattern(f"unexpected {reader.peek()[1]}")
    return JsonPattern(holds, tuple(dict.fromkeys(reader.selectors)))


def _parsed(message: str) -> Any:
    try:
        document = json.loads(message)
    except ValueError:
        return ABSENT
    return document if isinstance(document, dict) else ABSENT


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise bad_pattern(f"unexpected {text[place:].strip()[:10]}")
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


class _Reader:
    """``&&`` binds closer than ``||``."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self.selectors: list[Selector] = []

    @property
    def at_end(self) -> bool:
        return self._place >= len(self._tokens)

    def peek(self) -> tuple[str, str]:
        return ("end", "the end") if self.at_end else self._tokens[self._place]

    def either(self) -> Condition:
        branches = [self._both()]
        while self._took("||"):
            branches.append(self._both())
        return lambda document: any(branch(document) for branch in branches)

    def _both(self) -> Condition:
        branches = [self._one()]
        while self._took("&&"):
            branches.append(self._one())
        return lambda document: all(branch(document) for branch in branches)

    def _one(self) -> Condition:
        if self._took("("):
            inner = self.either()
            if not self._took(")"):
                raise bad_pattern("a parenthesis is not closed")
            return inner
        kind, text = self._next()
        if kind != "select":
            raise bad_pattern(f"unexpected {text}")
        chosen = selector(text)
        self.selectors.append(chosen)
        return self._said_of(chosen)

    def _said_of(self, chosen: Selector) -> Condition:
        kind, text = self._next()
        match text.upper() if kind == "word" else text:
            case "IS":
                return self._is(chosen)
            case "EXISTS":
                return lambda document: chosen.first(document) is not ABSENT
            case "NOT" if self._next()[1].upper() == "EXISTS":
                return lambda document: chosen.first(document) is ABSENT
            case "=" | "!=" | "<" | "<=" | ">" | ">=":
                return self._compared(chosen, text)
            case _:
                raise bad_pattern(f"unexpected {text}")

    def _is(self, chosen: Selector) -> Condition:
        word, negated = self._next()[1].upper(), False
        if word == "NOT":
            word, negated = self._next()[1].upper(), True
        if word not in _NAMED:
            raise bad_pattern(f"IS {word}")
        wanted = _NAMED[word]
        return lambda document: any(value is wanted for value in chosen.all(document)) is not negated

    def _compared(self, chosen: Selector, sign: str) -> Condition:
        kind, text = self._next()
        if kind not in ("text", "word", "regex"):
            raise bad_pattern(f"unexpected {text}")
        quoted = kind == "text"
        wanted = re.sub(r"\\(.)", r"\1", text[1:-1]) if quoted else text
        holds = comparison(sign, wanted, quoted=quoted)

        def condition(document: Any) -> bool:
            values = [value for value in chosen.all(document) if value is not None and value is not ABSENT]
            return any(holds(as_text(value)) for value in values if not isinstance(value, dict | list))

        return condition

    def _took(self, sign: str) -> bool:
        if self.peek() == ("sign", sign):
            self._place += 1
            return True
        return False

    def _next(self) -> tuple[str, str]:
        token = self.peek()
        if token[0] == "end":
            raise bad_pattern("it ends too early")
        self._place += 1
        return token
