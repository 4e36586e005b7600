"""What the engine needs from outside: small protocols, so that tests and other worlds can stand in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from runbook_tui.core.events import Entry, Event
from runbook_tui.core.verdict import Severity, Verdict


class Checks(Protocol):
    """Runs checks against one site and world."""

    @property
    def severities(self) -> Mapping[str, Severity]: ...

    def begin_sweep(self) -> None:
        """Forget what was read: the next checks see the world as it is now."""

    def run(self, check: str, environment: str) -> Verdict:
        """Blocking, safe from many threads, never raises but ``SignInExpired``: any other trouble is UNKNOWN."""


class Journal(Protocol):
    def append(self, events: Sequence[Event], by: str) -> Sequence[Entry]:
        """On disk when it returns. JournalProblem when it cannot be written."""

    def close(self) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, aware."""

    def monotonic(self) -> float:
        """Seconds."""
