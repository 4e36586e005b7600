"""Values in rows of a query: JSON's, found by dotted names, and compared as Insights compares."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runbook_tui.simulator.logs.reading import Event

Row = dict[str, Any]


def row_of(event: Event, group: str, account: str) -> Row:
    row: Row = {
        "@timestamp": event.timestamp,
        "@message": event.message,
        "@logStream": event.stream,
        "@log": f"{account}:{group}",
        "@ingestionTime": event.ingested,
        "@ptr": event.identifier,
    }
    try:
        document = json.loads(event.message)
    except ValueError:
        return row
    if isinstance(document, Mapping):
        row |= _flat(document, "")
    return row


def _flat(value: Any, prefix: str) -> Row:
    """``a.b`` and ``a.0``, as Insights names what is deep."""
    if isinstance(value, Mapping):
        pairs = [(str(name), inner) for name, inner in value.items()]
    elif isinstance(value, list):
        pairs = [(str(place), inner) for place, inner in enumerate(value)]
    else:
        return {prefix: value}
    found: Row = {}
    for name, inner in pairs:
        found |= _flat(inner, f"{prefix}.{name}" if prefix else name)
    return found


def number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value))
    except ValueError:
        return None


def same(left: Any, right: Any) -> bool:
    first, second = number(left), number(right)
    if first is not None and second is not None:
        return first == second
    return left is not None and right is not None and shown("", left) == shown("", right)


def order(value: Any) -> tuple[int, float, str]:
    """Numbers before texts; what is absent comes first."""
    if value is None:
        return (0, 0.0, "")
    found = number(value)
    return (1, found, "") if found is not None else (2, 0.0, str(value))


def shown(name: str, value: Any) -> str:
    """As the API writes it: everything is text."""
    if name in ("@timestamp", "@ingestionTime") or name.startswith("bin("):
        return moment(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value)


def moment(milliseconds: Any) -> str:
    at = datetime.fromtimestamp(float(milliseconds) / 1000, UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"
