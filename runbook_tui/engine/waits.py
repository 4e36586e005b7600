"""When a run must act without being asked: the next look of a wait or a watch, and the end of a wait."""

from datetime import datetime

from msgspec import Struct

from runbook_tui.core.commands import Repeat, ReportTimeout
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import Phase, RunState, WaitPhase


class Due(Struct, frozen=True, kw_only=True):
    """``at`` is on the monotonic clock, seconds."""

    at: float
    command: Repeat | ReportTimeout


class Timetable:
    """Knows what is due next. ``plan`` is called after every change of state."""

    def __init__(self) -> None:
        self._repeat: Due | None = None
        self._timeout: Due | None = None
        self._waiting_for: tuple[str, datetime] | None = None
        self._ends_at = 0.0

    def plan(self, state: RunState, runbook: Runbook, now: float, wall: datetime) -> None:
        every = self._every(state, runbook)
        if every is None or state.step.pending:
            self._repeat = None
        elif self._repeat is None:
            self._repeat = Due(at=now + every, command=Repeat())
        self._timeout = self._end_of_wait(state, runbook, now, wall)

    def next_at(self) -> float | None:
        return min((due.at for due in (self._repeat, self._timeout) if due is not None), default=None)

    def take(self, now: float) -> tuple[Repeat | ReportTimeout, ...]:
        """What is due by now; it will not be named again."""
        taken: list[Repeat | ReportTimeout] = []
        if self._timeout is not None and self._timeout.at <= now:
            taken.append(self._timeout.command)
            self._timeout = None
        if self._repeat is not None and self._repeat.at <= now:
            taken.append(self._repeat.command)
            self._repeat = None
        return tuple(taken)

    def _every(self, state: RunState, runbook: Runbook) -> float | None:
        if state.phase is not Phase.RUNNING or state.current is None:
            return None
        wait = runbook.step(state.current).wait
        if wait is not None and state.step.wait is WaitPhase.WAITING:
            return wait.every
        return state.watch_every or None

    def _end_of_wait(self, state: RunState, runbook: Runbook, now: float, wall: datetime) -> Due | None:
        """Counted from the wait's first day: one that is taken up again goes on. Not during a sweep, which may be the
        one that ends it well."""
        started = state.step.wait_started_at
        waiting = state.phase is Phase.RUNNING and state.step.wait is WaitPhase.WAITING
        wait = runbook.step(state.current).wait if waiting and state.current is not None else None
        if wait is None or started is None or state.current is None:
            self._waiting_for = None
            return None
        if self._waiting_for != (state.current, started):
            self._waiting_for = (state.current, started)
            self._ends_at = now + max(0.0, wait.timeout - (wall - started).total_seconds())
        return None if state.step.pending else Due(at=self._ends_at, command=ReportTimeout(step=state.current))
