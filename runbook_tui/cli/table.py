"""A sweep for a terminal: grouped by the guide's sections, symbol and word on every row."""

from collections.abc import Iterator

from msgspec import json

from runbook_tui.catalogue.sections import heading
from runbook_tui.cli.baseline import Change, Difference, Kind
from runbook_tui.cli.output import coloured, status
from runbook_tui.cli.sweep import TROUBLE, Result, Sweep
from runbook_tui.core.text import clean

_INDENT = " " * 10


def as_table(sweep: Sweep, *, evidence: bool = False) -> str:
    header = f"{sweep.world.upper()} · account {sweep.account} · {sweep.region}"
    return "\n".join([header, *_rows(sweep, evidence=evidence), *_since(sweep.difference), sweep.sentence])


def _rows(sweep: Sweep, *, evidence: bool) -> Iterator[str]:
    width = max((len(result.id) for result in sweep.shown), default=0)
    place = max((len(result.where) for result in sweep.shown), default=0)
    colour = coloured()
    for section, results in sweep.sections:
        yield heading(section)
        for result in results:
            yield row(result, width=width, place=place, colour=colour)
            if result.remedy and result.status in TROUBLE:
                yield f"{_INDENT}→ {result.remedy}"
            if evidence:
                yield from (f"{_INDENT}· {line}" for line in told(result))


def row(result: Result, *, width: int, place: int, colour: bool) -> str:
    mark = status(result.status, coloured=colour, word=result.word)
    return f"{mark} {result.where:<{place}} {result.id:<{width}}  {result.because}"


def told(result: Result) -> Iterator[str]:
    """The evidence, one fact a line: ``running: 2``."""
    for name, value in result.evidence.items():
        text = value if isinstance(value, str) else json.encode(value).decode()
        yield f"{clean(str(name))}: {clean(text)}"


def _since(difference: Difference | None) -> Iterator[str]:
    if difference is None:
        return
    yield difference.sentence
    for kind in Kind:
        for change in difference.of(kind):
            yield change_line(change)


def change_line(change: Change) -> str:
    before = change.before.word if change.before else "not asked"
    way = f"{before} → {change.status.word}"
    return f"  {change.kind.value:<9} {way:<18} {change.environment or 'shared'} {change.id}  {change.because}"
