"""How a time is said: relative, short, without seconds where seconds say nothing."""

from datetime import datetime


def ago(then: datetime, now: datetime) -> str:
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 5:
        return "just now"
    return f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3 h 05 min``, ``4 days``."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} days"


def minutes(seconds: float) -> str:
    """``02:10``, for progress that is watched second by second."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"
