"""Values of a YAML file that know where they stand. Lines and columns count from 1."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.catalogue.scalars import Plain, resolve


class Scalar(Struct, frozen=True):
    """``value`` is what YAML 1.2 makes of the text; ``quoted`` texts are always texts."""

    text: str
    quoted: bool
    line: int
    column: int
    size: int = 1

    @property
    def place(self) -> tuple[int, int]:
        return self.line, self.column

    @property
    def value(self) -> Plain:
        return self.text if self.quoted else resolve(self.text)


class Items(Struct, frozen=True):
    items: tuple["Node", ...]
    line: int
    column: int
    size: int = 1

    @property
    def place(self) -> tuple[int, int]:
        return self.line, self.column


class Pairs(Struct, frozen=True):
    pairs: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int
    size: int = 1

    @property
    def place(self) -> tuple[int, int]:
        return self.line, self.column

    def get(self, key: str) -> "Node | None":
        return next((node for name, node in self.pairs if name.text == key), None)


Node = Scalar | Items | Pairs


def locate(root: Node | None, path: Sequence[str]) -> tuple[int, int]:
    """Line and column of the value at a path of keys and list places, or of the nearest thing that is there."""
    place = root.place if root is not None else (1, 1)
    node = root
    for name in path:
        if isinstance(node, Pairs):
            found = next(((key, value) for key, value in node.pairs if key.text == name), None)
            if found is None:
                return place
            place, node = (found[1].place if isinstance(found[1], Scalar) else found[0].place), found[1]
        elif isinstance(node, Items) and name.isdigit() and int(name) < len(node.items):
            node = node.items[int(name)]
            place = node.place
        else:
            return place
    return place


def plain(node: Node | None) -> Any:
    """Ordinary Python values, positions forgotten."""
    match node:
        case Scalar():
            return node.value
        case Items():
            return [plain(item) for item in node.items]
        case Pairs():
            return {key.text: plain(value) for key, value in node.pairs}
        case None:
            return None
