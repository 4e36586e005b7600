"""The simulated time: real, accelerated, or moved on by hand; and pinned while something that was due happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


def _real_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Simulated time starts at real time and runs ``speed`` times as fast; speed 0 stands still until ``advance``."""

    def __init__(self, real_now: Callable[[], datetime] = _real_now, *, speed: float = 1.0) -> None:
        self._real_now = real_now
        self._began = real_now()
        self._ahead = timedelta()
        self._pinned: datetime | None = None
        self.recalls = False
        self.speed = speed

    def now(self) -> datetime:
        if self._pinned is not None:
            return self._pinned
        return self._began + (self._real_now() - self._began) * self.speed + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by

    def waited_for(self, seconds: float) -> float:
        """How long work takes that somebody stands and waits for, in simulated seconds: none on a clock that is moved
        by hand, for nobody moves it meanwhile."""
        return seconds if self.speed > 0 else 0.0

    @contextmanager
    def during(self, at: datetime) -> Iterator[None]:
        """Within, now is ``at``: what was due then happens then, however late it is carried out."""
        former, self._pinned = self._pinned, at
        try:
            yield
        finally:
            self._pinned = former

    @contextmanager
    def pinned(self, at: datetime) -> Iterator[None]:
        """The same for who writes down what happened long ago: the clock ``recalls``, and nothing reacts to it."""
        former, self.recalls = self.recalls, True
        try:
            with self.during(at):
                yield
        finally:
            self.recalls = former
