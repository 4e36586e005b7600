"""The page that follows each sentence of the guide: to checks, to steps of runbooks, to changes that a test makes."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, convert

from runbook_tui.core.runbook import Runbook

HERE = Path(__file__).parent
SENTENCES = HERE / "coverage.yaml"
ROWS = HERE.parent / "tests" / "mutations"


class Sentence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``checks`` are ids and globs; ``why`` says what stands in the place of a check."""

    guide: str
    says: str
    checks: tuple[str, ...] = ()
    why: str = ""

    def found(self, ids: Iterable[str]) -> list[str]:
        known = list(ids)
        return list(dict.fromkeys(one for pattern in self.checks for one in known if fnmatchcase(one, pattern)))


def sentences(path: Path = SENTENCES) -> list[Sentence]:
    return convert(yaml.safe_load(path.read_text(encoding="utf-8")), list[Sentence])


def troubles(told: Sequence[Sentence], ids: Sequence[str]) -> list[str]:
    """A sentence with neither check nor reason, a check that no sentence names: the build fails on each."""
    bare = [
        f"{one.guide}, {one.says}: neither a check nor a reason" for one in told if not one.found(ids) and not one.why
    ]
    named = {check for one in told for check in one.found(ids)}
    return [*bare, *(f"{check} is named by no sentence of the guide" for check in ids if check not in named)]


def rows(folder: Path = ROWS) -> dict[str, list[str]]:
    """What the mutation tests change, by check: read from their source, where both names are plain texts."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Row":
                given = {word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
                if {"check", "name"} <= given.keys():
                    found.setdefault(str(given["check"]), []).append(str(given["name"]))
    return found


def page(ids: Sequence[str], books: Mapping[str, Runbook]) -> Iterator[str]:
    told, changes = sentences(), rows()
    missing = troubles(told, ids)
    if missing:
        raise SystemExit("\n".join(["docs/coverage.yaml:", *missing]))
    yield "# Coverage of the guide\n"
    yield f"{len(told)} sentences, {len(ids)} checks. A sentence without a check says why; a test breaks one thing in a"
    yield "healthy world and sees the check fail.\n"
    for section in dict.fromkeys(one.guide for one in told):
        yield f"\n## {section}\n"
        for one in told:
            if one.guide == section:
                yield from _sentence(one, ids, books, changes)


def _sentence(
    one: Sentence, ids: Sequence[str], books: Mapping[str, Runbook], changes: Mapping[str, list[str]]
) -> Iterator[str]:
    found = one.found(ids)
    yield f"\n**{one.says[:1].upper()}{one.says[1:]}.**\n"
    if not found:
        yield f"No check: {one.why}."
        return
    yield "| Check | Steps | Broken by a test |"
    yield "|---|---|---|"
    for check in found:
        steps = [
            f"{book.id}: `{step.id}`" for book in books.values() for step in book.steps if check in step.all_checks
        ]
        broken = _shown(changes.get(check, []))
        yield f"| `{check}` | {', '.join(steps) or '–'} | {broken or '–'} |"


def _shown(names: Sequence[Any]) -> str:
    return "; ".join(str(name).replace("|", "\\|") for name in names)
