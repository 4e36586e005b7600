"""Metric math, read: an expression becomes a tree."""

import re
from functools import lru_cache
from typing import Union

from msgspec import Struct

from runbook_tui.simulator.refusal import Refused

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign><=|>=|==|!=|&&|\|\||[-+*/^()\[\],<>]))"
)
# how tightly each binds
_LEVELS = (
    {"||": "OR", "OR": "OR"},
    {"&&": "AND", "AND": "AND"},
    {"==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="},
    {"+": "+", "-": "-"},
    {"*": "*", "/": "/"},
    {"^": "^"},
)


class Number(Struct, frozen=True):
    value: float


class Text(Struct, frozen=True):
    value: str


class Reference(Struct, frozen=True):
    name: str


class Listed(Struct, frozen=True):
    members: tuple["Tree", ...]


class Function(Struct, frozen=True):
    name: str
    arguments: tuple["Tree", ...]


class Sign(Struct, frozen=True):
    sign: str
    left: "Tree"
    right: "Tree"


Tree = Union[Number, Text, Reference, Listed, Function, Sign]  # noqa: UP007 - it names itself


@lru_cache(maxsize=256)
def parse(text: str) -> Tree:
    """Raises Refused."""
    reader = _Reader(text)
    tree = reader.level(0)
    if reader.left:
        raise reader.wrong()
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.left: list[tuple[str, str]] = []
        place, whole = 0, text.rstrip()
        while place < len(whole):
            found = _TOKEN.match(whole, place)
            if found is None:
                raise self.wrong()
            place, kind = found.end(), str(found.lastgroup)
            self.left.append((kind, found[kind]))

    def wrong(self) -> Refused:
        return Refused("ValidationError", f"Error in expression '{self._text}': Invalid syntax")

    def level(self, number: int) -> Tree:
        if number == len(_LEVELS):
            return self._one()
        tree = self.level(number + 1)
        while self.left and self.left[0][0] != "text" and self.left[0][1] in _LEVELS[number]:
            sign = _LEVELS[number][self.left.pop(0)[1]]
            tree = Sign(sign, tree, self.level(number + 1))
        return tree

    def _one(self) -> Tree:
        kind, text = self._take()
        if kind == "number":
            return Number(float(text))
        if kind == "text":
            return Text(text[1:-1])
        if kind == "name":
            if self._next("("):
                return Function(text, self._until(")"))
            return Reference(text)
        match text:
            case "(":
                tree = self.level(0)
                self._expect(")")
                return tree
            case "[":
                return Listed(self._until("]"))
            case "-":
                return Sign("-", Number(0.0), self._one())
            case _:
                raise self.wrong()

    def _until(self, closing: str) -> tuple[Tree, ...]:
        found: list[Tree] = []
        if self._next(closing):
            return ()
        while True:
            found.append(self.level(0))
            if self._next(closing):
                return tuple(found)
            self._expect(",")

    def _take(self) -> tuple[str, str]:
        if not self.left:
            raise self.wrong()
        return self.left.pop(0)

    def _expect(self, text: str) -> None:
        if self._take() != ("sign", text):
            raise self.wrong()

    def _next(self, text: str) -> bool:
        if self.left and self.left[0] == ("sign", text):
            self.left.pop(0)
            return True
        return False
