"""Verdicts of a sweep, as ``check`` prints them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from runbook_tui.cli.sweep import Result, Sweep
from runbook_tui.core.verdict import Severity, Status, Waiver

BEGAN = datetime(2026, 11, 23, 3, 16, tzinfo=UTC)
WAIVER = Waiver(reason="known: ticket 7", owner="asha", expires=date(2027, 1, 31))


def a_result(name: str, status: Status = Status.PASS, environment: str | None = "prod", **fields: Any) -> Result:
    about: dict[str, Any] = {
        "severity": Severity.HIGH,
        "guide": "5.3",
        "because": f"{name} is {status.word}",
        "evidence": {},
        "remedy": "mend it",
        "duration_ms": 3,
    }
    return Result(id=name, environment=environment, status=status, **(about | fields))


def a_sweep(results: Sequence[Result], **fields: Any) -> Sweep:
    about: dict[str, Any] = {
        "world": "simulated",
        "account": "123456789012",
        "region": "ap-south-1",
        "environment": "prod",
        "started_at": BEGAN,
        "finished_at": BEGAN + timedelta(seconds=2),
        "api_calls": 7,
    }
    return Sweep(results=tuple(results), **(about | fields))
