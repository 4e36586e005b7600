"""``$.a[0].b``: what it stands for in a document."""

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from runbook_tui.simulator.logs.bad_pattern import bad_pattern

ABSENT: Final = object()
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\*)\]|\[(?:'([^']*)'|\"([^\"]*)\")\]")


class Selector(Struct, frozen=True):
    """A step is a name, a place in a list, or None for every place."""

    text: str
    steps: tuple[str | int | None, ...]

    def all(self, document: Any) -> Iterator[Any]:
        found = [document]
        for step in self.steps:
            found = [inner for value in found for inner in _inside(value, step)]
        yield from found

    def first(self, document: Any) -> Any:
        """ABSENT when there is nothing."""
        return next(self.all(document), ABSENT)


def selector(text: str) -> Selector:
    steps: list[str | int | None] = []
    place = 1
    while place < len(text):
        step = _STEP.match(text, place)
        if step is None:
            raise bad_pattern(f"{text} selects nothing")
        name, index = step[1] or step[3] or step[4], step[2]
        steps.append(name if index is None else None if index == "*" else int(index))
        place = step.end()
    return Selector(text, tuple(steps))


def as_text(value: Any) -> str:
    """As JSON writes it, but a text without its quotes."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _inside(value: Any, step: str | int | None) -> Iterator[Any]:
    match step, value:
        case str(), dict() if step in value:
            yield value[step]
        case int(), list() if step < len(value):
            yield value[step]
        case None, list():
            yield from value
