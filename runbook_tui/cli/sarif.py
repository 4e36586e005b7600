"""A sweep as SARIF 2.1.0, which code-scanning tools read: checks are rules, troubles are results."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, assert_never
from urllib.parse import quote

from msgspec import json

from runbook_tui import __version__
from runbook_tui.cli.baseline import Kind
from runbook_tui.cli.sweep import TROUBLE, Result, Sweep
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Severity, Status

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT: Final = "runbookTui/v1"
_BASELINE: Final[Mapping[Kind, str]] = {
    Kind.NEW: "new",
    Kind.UNDECIDED: "updated",
    Kind.FIXED: "updated",
    Kind.CHANGED: "updated",
}


def as_sarif(sweep: Sweep) -> str:
    rules = {result.id: result for result in sweep.results}
    places = {name: place for place, name in enumerate(rules)}
    troubles = [result for result in sweep.shown if result.status in TROUBLE]
    states = _states(sweep)
    run = {
        "tool": {
            "driver": {
                "name": "runbook-tui",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(result, sweep.titles.get(name, name)) for name, result in rules.items()],
            }
        },
        "automationDetails": {
            "id": f"runbook-tui/{sweep.world}/{sweep.account}/{sweep.region}/{sweep.environment or 'all'}/"
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "startTimeUtc": _utc(sweep.started_at),
                "endTimeUtc": _utc(sweep.finished_at),
            }
        ],
        "results": [
            {**_result(result, sweep, places[result.id]), **({"baselineState": states[result.key]} if states else {})}
            for result in troubles
        ],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.format(json.encode(document), indent=2).decode()


def _rule(result: Result, title: str) -> dict[str, Any]:
    return {
        "id": result.id,
        "shortDescription": {"text": title},
        "help": {"text": f"{title} (the guide, {result.guide})"},
        "defaultConfiguration": {"level": _weight(result.severity)},
        "properties": {"tags": [f"guide-{result.guide}", f"severity-{result.severity.value}"]},
    }


def _result(result: Result, sweep: Sweep, place: int) -> dict[str, Any]:
    text = f"{result.because}. {result.remedy}" if result.remedy else result.because
    undecided = "could not be decided: " if result.status is Status.UNKNOWN else ""
    found: dict[str, Any] = {
        "ruleId": result.id,
        "ruleIndex": place,
        "level": _level(result),
        "message": {"text": _message(f"{result.where}: {undecided}{text}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(sweep.site)},
                    "region": {"startLine": 1},
                }
            }
        ],
        "partialFingerprints": {FINGERPRINT: _fingerprint(result, sweep)},
        "properties": {"status": result.status.value, "environment": result.where, "evidence": result.evidence},
    }
    if result.waiver is not None:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": clean(str(result.waiver))}]
    return found


def _message(text: str) -> str:
    """Braces are placeholders in SARIF, and a name of a resource must not become a link."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _level(result: Result) -> str:
    """UNKNOWN is a warning: a note would be overlooked, and nothing has failed."""
    return _weight(result.severity) if result.status is Status.FAIL else "warning"


def _weight(severity: Severity) -> str:
    match severity:
        case Severity.CRITICAL | Severity.HIGH:
            return "error"
        case Severity.MEDIUM | Severity.LOW:
            return "warning"
        case Severity.INFO:
            return "note"
        case _:
            assert_never(severity)


def _fingerprint(result: Result, sweep: Sweep) -> str:
    """The same for the same check of the same place, whatever it says: only then can an alert be closed."""
    words = (sweep.world, sweep.account, sweep.region, *result.key)
    return sha256("\n".join(words).encode()).hexdigest()


def _states(sweep: Sweep) -> Mapping[tuple[str, str], str]:
    if sweep.difference is None:
        return {}
    changed = {(one.id, one.environment or ""): _BASELINE[one.kind] for one in sweep.difference.changes}
    return {result.key: changed.get(result.key, "unchanged") for result in sweep.results}


def _uri(site: str) -> str:
    """Relative where the site file lies below the present folder, as code-scanning tools want it."""
    path = Path(site or "runbook-tui.yaml")
    here = Path.cwd()
    if not path.is_absolute():
        return quote(path.as_posix())
    return quote(path.relative_to(here).as_posix()) if path.is_relative_to(here) else path.as_uri()


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
