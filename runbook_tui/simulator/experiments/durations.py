"""ISO 8601 durations, as FIS wants them."""

import re
from datetime import timedelta

from runbook_tui.simulator.refusal import Refused

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=12)


def duration(text: str) -> timedelta:
    """``PT10M``. Raises Refused for anything else, and for less than a minute or more than 12 hours."""
    found = _DURATION.fullmatch(text)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    meant = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not _SHORTEST <= meant <= _LONGEST:
        raise Refused(
            "ValidationException",
            f"The duration {text} is not valid: an ISO 8601 duration from one minute (PT1M) to 12 hours (PT12H).",
        )
    return meant
