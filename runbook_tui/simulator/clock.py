"""The simulated time: real time, moved forward by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _real_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    def __init__(self, real_now: Callable[[], datetime] = _real_now) -> None:
        self._real_now = real_now
        self._ahead = timedelta()

    def now(self) -> datetime:
        return self._real_now() + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by
