"""When a run must act without being asked: the next look of a wait or a watch, and the end of a wait."""

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
        self._waiting_for: tuple[str, object] | None = None

    def plan(self, state: RunState, runbook: Runbook, now: float) -> None:
        every = self._every(state, runbook)
        if every is None or state.step.pending:
            self._repeat = None
        elif self._repeat is None:
            self._repeat = Due(at=now + every, command=Repeat())
        self._plan_timeout(state, runbook, now)

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

    def _plan_timeout(self, state: RunState, runbook: Runbook, now: float) -> None:
        waiting = state.phase is Phase.RUNNING and state.current is not None and state.step.wait is WaitPhase.WAITING
        if not waiting or state.current is None:
            self._timeout, self._waiting_for = None, None
            return
        this = (state.current, state.step.wait_started_at)
        wait = runbook.step(state.current).wait
        if this != self._waiting_for and wait is not None:
            self._waiting_for = this
            self._timeout = Due(at=now + wait.timeout, command=ReportTimeout(step=state.current))
