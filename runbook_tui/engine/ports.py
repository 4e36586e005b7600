"""What the engine needs from outside: small protocols, so that tests and other worlds can stand in."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from runbook_tui.core.change import Change
from runbook_tui.core.change_commands import ReportCall, ReportPlan, ReportReady, ReportReread
from runbook_tui.core.change_events import CallStarted
from runbook_tui.core.events import Entry, Event
from runbook_tui.core.progress import Awaited, Usual
from runbook_tui.core.reading import Progress
from runbook_tui.core.verdict import Severity, Verdict


class Checks(Protocol):
    """Runs checks against one site and world."""

    @property
    def severities(self) -> Mapping[str, Severity]: ...

    def begin_sweep(self) -> None:
        """Forget what was read: the next checks see the world as it is now."""

    def run(self, check: str, environment: str) -> Verdict:
        """Blocking, safe from many threads, never raises but ``SignInExpired``: any other trouble is UNKNOWN."""


class Changes(Protocol):
    """Plans and makes changes in one site and world. Blocking; ``SignInExpired`` stops the run."""

    def plan(self, change: Change, undone: Change | None, environment: str) -> ReportPlan:
        """The plan, what must be answered first, or why there is none. ``undone`` is the change to take back."""

    def reread(self, change: Change, undone: Change | None, environment: str) -> ReportReread:
        """Plan once more from what AWS says now."""

    def call(self, change: Change, started: CallStarted) -> ReportCall:
        """Make the one request, as it was written down. ``outputs`` are the parts that the plan needs later."""

    def await_ready(self, change: Change, call: str, leave: threading.Event) -> ReportReady | None:
        """Look until what the call made is usable or its time is up. None when ``leave`` was set before that."""


class Sources(Protocol):
    """What tells how far a wait has come. Blocking; never raises."""

    def read(self, sources: tuple[str, ...], environment: str, awaited: Awaited) -> tuple[Progress, ...]:
        """One reading of each, in their order; what could not be read says so."""

    def usual(self, runbook: str, step: str, environment: str) -> Usual | None:
        """How long this wait took in earlier runs."""


class NoSources:
    """Where nobody looks at a wait."""

    def read(self, sources: tuple[str, ...], environment: str, awaited: Awaited) -> tuple[Progress, ...]:  # noqa: ARG002 - the port's shape
        return ()

    def usual(self, runbook: str, step: str, environment: str) -> Usual | None:  # noqa: ARG002 - the port's shape
        return None


class Journal(Protocol):
    def append(self, events: Sequence[Event], by: str) -> Sequence[Entry]:
        """On disk when it returns. JournalProblem when it cannot be written."""

    def close(self) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, aware."""

    def monotonic(self) -> float:
        """Seconds."""


class Ports(Struct, frozen=True, kw_only=True):
    """All that a run needs from outside."""

    journal: Journal
    checks: Checks
    changes: Changes
    clock: Clock
    sources: Sources = NoSources()
