"""The condition keys of one request, and variables in policies."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)\s*(?:,\s*'([^']*)'\s*)?\}")
_LITERAL = ("*", "?", "$")


class Context(Protocol):
    """Keys are the same in any case."""

    def get(self, key: str, /) -> Sequence[str] | None:
        """None when the request has no such key."""


class Given:
    """A context that is written down."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = {key.lower(): tuple(value) for key, value in values.items()}

    def get(self, key: str, /) -> Sequence[str] | None:
        return self._values.get(key.lower())


def filled(pattern: str, context: Context, escape: Callable[[str], str]) -> str | None:
    """``pattern`` as a regular expression, with its variables replaced; None when one of them has no value.

    ``escape`` makes an expression of the text between variables; a value stands for itself alone.
    """
    made, place = "", 0
    for found in _VARIABLE.finditer(pattern):
        value = _value(found[1], found[2], context)
        if value is None:
            return None
        made += escape(pattern[place : found.start()]) + re.escape(value)
        place = found.end()
    return made + escape(pattern[place:])


def _value(key: str, default: str | None, context: Context) -> str | None:
    if key in _LITERAL:
        return key
    values = context.get(key)
    return values[0] if values is not None and len(values) == 1 else default
