"""The spans of days that Cost Explorer answers in: days or months."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from runbook_tui.simulator.cost.expression import invalid
from runbook_tui.simulator.refusal import not_simulated

Span = tuple[date, date]


def period(asked: Mapping[str, str]) -> Span:
    """The end is not part of it. Raises Refused as AWS does."""
    try:
        start, end = date.fromisoformat(asked["Start"]), date.fromisoformat(asked["End"])
    except (ValueError, KeyError):
        raise invalid("Start time and end time must be in format yyyy-MM-dd.") from None
    if start >= end:
        raise invalid("Start date (and hour) should be before end date (and hour)")
    return start, end


def spans(start: date, end: date, granularity: str) -> Iterator[Span]:
    if granularity not in ("DAILY", "MONTHLY"):
        raise not_simulated(f"ce by {granularity}")
    while start < end:
        following = start + timedelta(days=1) if granularity == "DAILY" else _next_month(start)
        yield start, min(following, end)
        start = min(following, end)


def told(span: Span) -> dict[str, str]:
    return {"Start": span[0].isoformat(), "End": span[1].isoformat()}


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
