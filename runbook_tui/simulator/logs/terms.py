"""Patterns of words: all of them, any of those with ``?``, none of those with ``-``, and phrases in quotes."""

import re
from collections.abc import Mapping

from msgspec import Struct

from runbook_tui.simulator.logs.bad_pattern import bad_characters, bad_pattern
from runbook_tui.simulator.logs.compare import Test, is_regex, regex

_WORD = re.compile(r'\s*([-?]?)("(?:[^"\\]|\\.)*"|%[^%]+%|\S+)')
_PLAIN = re.compile(r"\w+(\.\w+)*", re.ASCII)


class Terms(Struct, frozen=True):
    """``?`` counts only where nothing else is wanted: beside a plain term AWS ignores it."""

    all: tuple[Test, ...]
    any: tuple[Test, ...]
    none: tuple[Test, ...]

    def match(self, message: str) -> Mapping[str, str] | None:
        wanted = all(test(message) for test in self.all)
        chosen = bool(self.all) or not self.any or any(test(message) for test in self.any)
        return {} if wanted and chosen and not any(test(message) for test in self.none) else None

    def value(self, _message: str, _selector: str) -> str | None:
        return None


def terms_pattern(text: str) -> Terms:
    """Words are compared in their own case. Raises Refused for a word that needs quotes."""
    found: dict[str, list[Test]] = {"": [], "?": [], "-": []}
    place = 0
    while place < len(text):
        word = _WORD.match(text, place)
        if word is None:
            raise bad_pattern()
        found[word[1]].append(_term(word[2]))
        place = word.end()
    return Terms(tuple(found[""]), tuple(found["?"]), tuple(found["-"]))


def _term(word: str) -> Test:
    if word.startswith('"'):
        if len(word) < 2 or not word.endswith('"'):
            raise bad_pattern("a quote is not closed")
        phrase = re.sub(r"\\(.)", r"\1", word[1:-1])
        return lambda message: phrase in message
    if is_regex(word):
        return regex(word)
    if not _PLAIN.fullmatch(word):
        raise bad_characters(word)
    return lambda message: word in message
