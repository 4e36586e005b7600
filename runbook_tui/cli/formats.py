"""The forms in which a sweep can be printed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import json

from runbook_tui.cli.junit import as_junit
from runbook_tui.cli.markdown import as_markdown
from runbook_tui.cli.sarif import as_sarif
from runbook_tui.cli.sweep import Result, Sweep
from runbook_tui.cli.table import as_table

__all__ = ["FORMATS", "Result", "Sweep", "as_json"]


def as_json(sweep: Sweep) -> str:
    """Schema 1, as docs/check-output.md describes it."""
    head: dict[str, Any] = {
        "schema": 1,
        "world": sweep.world,
        "account": sweep.account,
        "region": sweep.region,
        "environment": sweep.environment,
        "started_at": sweep.started_at,
        "finished_at": sweep.finished_at,
        "api_calls": sweep.api_calls,
        "summary": sweep.summary,
        "waived": sweep.waived,
        "results": sweep.shown,
    }
    if sweep.difference is not None:
        head["baseline"] = sweep.difference
    return json.format(json.encode(head), indent=2).decode()


FORMATS: Final[Mapping[str, Callable[[Sweep], str]]] = {
    "table": as_table,
    "json": as_json,
    "junit": as_junit,
    "markdown": as_markdown,
    "sarif": as_sarif,
}
