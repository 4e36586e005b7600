"""Schedules as Application Auto Scaling writes them: ``at(…)``, ``rate(…)`` and ``cron(…)``."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runbook_tui.simulator.refusal import Refused, not_simulated

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$")
_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)$")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def check(schedule: str, timezone: str | None) -> None:
    """Raises Refused when it is none."""
    is_due(schedule, timezone, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))


def is_due(schedule: str, timezone: str | None, since: datetime, at: datetime) -> bool:
    """Whether it fires in the minute of ``at``. A rate counts from ``since``."""
    local = at.astimezone(_zone(timezone))
    if found := _AT.match(schedule):
        return datetime.fromisoformat(found[1]).replace(second=0) == local.replace(tzinfo=None, second=0, microsecond=0)
    if found := _RATE.match(schedule):
        every = int(found[1]) * _MINUTES[found[2].removesuffix("s")]
        passed = (at - since) // timedelta(minutes=1)
        return passed > 0 and passed % every == 0
    if found := _CRON.match(schedule):
        return _cron(found.groups(), local)
    raise Refused("ValidationException", f"Invalid schedule expression {schedule}")


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refused("ValidationException", f"Invalid time zone {name}") from error


def _cron(fields: Sequence[str], local: datetime) -> bool:
    minute, hour, day, month, weekday, year = fields
    sunday_first = local.isoweekday() % 7 + 1
    return (
        _holds(minute, local.minute, 0)
        and _holds(hour, local.hour, 0)
        and _holds(day, local.day, 1)
        and _holds(_numbered(month, _MONTHS), local.month, 1)
        and _holds(_numbered(weekday, _DAYS), sunday_first, 1)
        and _holds(year, local.year, 1970)
    )


def _numbered(field: str, names: Sequence[str]) -> str:
    for number, name in enumerate(names, start=1):
        field = re.sub(rf"\b{name}\b", str(number), field, flags=re.IGNORECASE)
    return field


def _holds(field: str, value: int, first: int) -> bool:
    if field in ("*", "?"):
        return True
    if re.fullmatch(r"[\d,/*-]+", field) is None:
        raise not_simulated(f"the cron field {field}")
    return any(_part(part, value, first) for part in field.split(","))


def _part(part: str, value: int, first: int) -> bool:
    span, _, step = part.partition("/")
    low, _, high = span.partition("-")
    start = first if low == "*" else int(low)
    if not step:
        return low == "*" or start <= value <= int(high or start)
    return value >= start and (value - start) % int(step) == 0 and (not high or value <= int(high))
