"""The product's own modules as syntax trees: what a function's code names, function by function."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Final

OURS: Final = "runbook_tui."
Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


class Module:
    """One file. ``defined`` are its functions, classes and constants by name; a method is ``Class.method``."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.tree = ast.parse(path.read_text(encoding="utf-8"))

    @cached_property
    def defined(self) -> Mapping[str, Definition]:
        return dict(_definitions(self.tree))

    @cached_property
    def imported(self) -> Mapping[str, tuple[str, str]]:
        """Local name to module and name there; ours alone."""
        froms = (node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom) and node.module)
        return {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in froms
            if (node.module or "").startswith(OURS)
            for alias in node.names
        }

    @cached_property
    def texts(self) -> frozenset[str]:
        return frozenset(texts(self.tree))


def _definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    for node in tree.body:
        match node:
            case ast.FunctionDef():
                yield node.name, node
            case ast.ClassDef():
                yield node.name, node
                yield from ((f"{node.name}.{one.name}", one) for one in node.body if isinstance(one, ast.FunctionDef))
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node
            case _:
                pass


@cache
def module(name: str) -> Module | None:
    """None for what has no source here."""
    spec = find_spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return Module(name, Path(spec.origin))


def texts(node: ast.AST) -> Iterator[str]:
    """Every literal text below it."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def names(node: ast.AST) -> Iterator[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def attributes(node: ast.AST) -> Iterator[tuple[str, str]]:
    """``aws.b.c`` is ``b``, ``c``; what hangs on ``site`` is no fact; ``a.b`` is nothing and ``b``."""
    for one in ast.walk(node):
        match one:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="site"))):
                pass
            case ast.Attribute(value=ast.Attribute(attr=before), attr=attribute):
                yield before, attribute
            case ast.Attribute(attr=attribute):
                yield "", attribute
            case _:
                pass
