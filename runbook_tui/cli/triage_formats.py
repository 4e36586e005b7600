"""The forms in which a diagnosis can be printed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import json

from runbook_tui.cli.markdown import cell
from runbook_tui.core.text import clean
from runbook_tui.triage.changes import Change, Kind
from runbook_tui.triage.diagnosis import Cause, Diagnosis
from runbook_tui.triage.rule import Evidence

SHOWN: Final = 12  # changes in a text: the newest; JSON has them all


def as_json(found: Diagnosis) -> str:
    """Schema 1, as docs/triage.md describes it."""
    whole: dict[str, Any] = {
        "schema": 1,
        "environment": found.environment,
        "onset": found.onset.at if found.onset else None,
        "causes": [_cause(one) for one in found.causes],
        "changes": [{"at": one.at, "source": one.source, "who": one.who, "what": _what(one)} for one in found.changes],
        "unseen": [{"operation": one.operation, "why": one.why} for one in found.unseen],
    }
    return json.format(json.encode(whole), indent=2).decode()


def _cause(one: Cause) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "cause": one.cause,
        "confidence": one.confidence,
        "for": [each.text for each in one.signs],
        "against": [each.text for each in one.against],
        "confirm": one.confirm,
        "runbook": one.runbook,
        "inputs": one.inputs,
    }


def _what(change: Change) -> str:
    return f"{change.what} ({change.resource})" if change.resource else change.what


def as_table(found: Diagnosis) -> str:
    return "\n".join(_table(found))


def _table(found: Diagnosis) -> Iterator[str]:
    yield f"{found.environment} · {found.at:%Y-%m-%d %H:%M:%S} UTC · {found.outcome.value}{_since(found)}"
    yield from _listed("Seen", found.symptoms)
    for number, one in enumerate(found.causes, start=1):
        yield ""
        yield f"{number}. {one.rule}  {_sure(one)}  {one.cause}"
        yield from (f"     + {each.text}" for each in one.signs)
        yield from (f"     − {each.text}" for each in one.against)
        yield from ([f"     ? {', '.join(one.confirm)}"] if one.confirm else [])
        yield from (f"     → {each}" for each in todo(one))
    changes = _shown(found)
    if changes:
        yield from ("", "Changed (newest last)")
        yield from (f"  {one.at:%H:%M:%S} {one.source}: {_by(one.who)}{_what(one)}" for one in changes)
    if found.unseen:
        yield from ("", "Not seen")
        yield from (f"  {one.operation}: {one.why}" for one in found.unseen)


def todo(one: Cause) -> Iterator[str]:
    """What to do next, as somebody would type it."""
    environment = one.inputs["environment"]
    if one.runbook:
        answers = [f"{name}: {value}" for name, value in one.inputs.items() if name not in ("environment", "action")]
        yield f"runbook-tui run {one.runbook} --env {environment}" + (f"   ({', '.join(answers)})" if answers else "")
    if "action" in one.inputs:
        yield f"runbook-tui plan {one.inputs['action']} --env {environment}"


def as_markdown(found: Diagnosis) -> str:
    return "\n".join(_markdown(found))


def _markdown(found: Diagnosis) -> Iterator[str]:
    yield f"# Triage of {found.environment}: {found.outcome.value}"
    yield from ("", f"{found.at:%Y-%m-%d %H:%M:%S} UTC{_since(found)}.")
    if found.symptoms:
        yield from ("", *(f"- {cell(one.text)}" for one in found.symptoms))
    if found.causes:
        yield from ("", "## Causes", "", "| | Rule | Cause | For | Against | Next |", "|---|---|---|---|---|---|")
        for one in found.causes:
            words = (one.cause, _texts(one.signs), _texts(one.against), "; ".join(todo(one)))
            yield f"| {_sure(one)} | {one.rule} | {' | '.join(map(cell, words))} |"
    changes = _shown(found)
    if changes:
        yield from ("", "## Changes", "", "| At (UTC) | Source | Who | What |", "|---|---|---|---|")
        for change in changes:
            yield f"| {change.at:%H:%M:%S} | {change.source} | {cell(change.who)} | {cell(_what(change))} |"
    if found.unseen:
        yield from ("", "## Not seen", "")
        yield from (f"- `{one.operation}`: {cell(one.why)}" for one in found.unseen)


def _shown(found: Diagnosis) -> tuple[Change, ...]:
    """Without what ECS tells of every task: the signs hold what matters of it."""
    return tuple(one for one in found.changes if one.kind is not Kind.EVENT)[-SHOWN:]


def _since(found: Diagnosis) -> str:
    return f" · since {found.onset.at:%H:%M} ({found.onset.series})" if found.onset else ""


def _sure(one: Cause) -> str:
    return f"{one.confidence:.2f}" if one.likely else f"possible {one.confidence:.2f}"


def _by(who: str) -> str:
    return f"{who}: " if who else ""


def _texts(found: Sequence[Evidence]) -> str:
    return "; ".join(one.text for one in found)


def _listed(title: str, found: Sequence[Evidence]) -> Iterator[str]:
    if found:
        yield title
        yield from (f"  {clean(one.text)}" for one in found)


FORMATS: Final[Mapping[str, Callable[[Diagnosis], str]]] = {
    "json": as_json,
    "markdown": as_markdown,
    "table": as_table,
}
