"""While a wait lasts its sources are read: one worker thread, at most one reading at a time."""

import queue
import threading
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from runbook_tui.core.commands import ReportProgress
from runbook_tui.core.progress import Awaited, Observation, awaited
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import Phase, RunState, WaitPhase
from runbook_tui.engine.ports import Sources

EVERY: Final = 5.0  # seconds from one reading to the next: a dozen requests a minute for each source


class _Look(Struct, frozen=True, kw_only=True):
    runbook: str
    step: str
    environment: str
    sources: tuple[str, ...]
    awaited: Awaited
    last: bool


class Observer:
    """``seen`` and ``ended`` are called from the worker's thread: each reading, and the one after the wait's end."""

    def __init__(
        self,
        sources: Sources,
        seen: Callable[[Observation], None],
        ended: Callable[[ReportProgress], None],
    ) -> None:
        self._sources = sources
        self._seen = seen
        self._ended = ended
        self._looks: queue.SimpleQueue[_Look | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._busy = threading.Event()
        self._due = 0.0
        self._step: str | None = None

    def look(self, state: RunState, runbook: Runbook, now: float) -> None:
        """Read the sources of the waiting step, when it is time. ``now`` is on the monotonic clock, seconds."""
        waiting = state.phase is Phase.RUNNING and state.step.wait is WaitPhase.WAITING
        if not waiting or state.current is None:
            self._step = None
            return
        if state.current == self._step and (now < self._due or self._busy.is_set()):
            return
        self._step, self._due = state.current, now + EVERY
        self._add(state, runbook, state.current, last=False)

    def end(self, state: RunState, runbook: Runbook, step: str) -> None:
        """Read them once more: the wait is over."""
        self._add(state, runbook, step, last=True)

    def close(self) -> None:
        self._looks.put(None)

    def _add(self, state: RunState, runbook: Runbook, step: str, *, last: bool) -> None:
        wait, found = runbook.step(step).wait, awaited(state, step)
        if wait is None or found is None or not wait.progress:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="progress", daemon=True)
            self._thread.start()
        self._busy.set()
        self._looks.put(
            _Look(
                runbook=runbook.id,
                step=step,
                environment=state.environment,
                sources=wait.progress,
                awaited=found,
                last=last,
            )
        )

    def _work(self) -> None:
        while (look := self._looks.get()) is not None:
            readings = self._sources.read(look.sources, look.environment, look.awaited)
            expected = self._sources.usual(look.runbook, look.step, look.environment)
            self._seen(Observation(step=look.step, readings=readings, usual=expected))
            if look.last:
                self._ended(ReportProgress(step=look.step, readings=readings))
            if self._looks.empty():
                self._busy.clear()
