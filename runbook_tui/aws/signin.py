"""Credentials that AWS refuses, with what the refusal itself says about the time."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from runbook_tui.core.problems import SignInExpired

# AWS refuses signatures that are about five minutes off.
LARGEST_SKEW_S: Final = 300


class SignInRefused(SignInExpired):
    """``date`` is the answer's own HTTP Date header, empty when nobody answered; ``skew_s`` is how far this
    machine's clock is ahead of it, in seconds (negative: behind), or None."""

    def __init__(self, what: str, remedy: str, *, date: str = "", skew_s: float | None = None) -> None:
        super().__init__(what, remedy)
        self.date = date
        self.skew_s = skew_s

    @property
    def clock_is_wrong(self) -> bool:
        return self.skew_s is not None and abs(self.skew_s) > LARGEST_SKEW_S


def skew_seconds(date: str, now: datetime) -> float | None:
    """How far ``now`` is ahead of an HTTP Date header; None when it cannot be read."""
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (now - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds()
