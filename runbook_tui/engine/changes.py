"""Carries changes out: one worker thread, in the order of the journal, each result posted back as a command."""

import queue
import threading
from collections.abc import Callable

from msgspec import Struct

from runbook_tui.core.change import Change
from runbook_tui.core.change_commands import ChangeReport, ReportCall, ReportPlan, ReportReady, ReportReread
from runbook_tui.core.change_events import ActionAsked, ActionConfirmed, CallFinished, CallStarted
from runbook_tui.core.commands import ReportStop
from runbook_tui.core.events import Event
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.state import RunState
from runbook_tui.engine.ports import Changes


class Task(Struct, frozen=True):
    """``do`` gives what it came to, None when it was left; ``expired`` what to report when the sign-in ran out before
    anything was done."""

    do: Callable[[], ChangeReport | None]
    expired: Callable[[SignInExpired], ChangeReport]


class Changer:
    """``posted`` is called from the worker's thread. Nothing is lost when the program ends: what is not reported is
    in doubt, and the journal says so."""

    def __init__(self, posted: Callable[[ChangeReport | ReportStop], None]) -> None:
        self._posted = posted
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.leave = threading.Event()

    def add(self, task: Task) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="changes", daemon=True)
            self._thread.start()
        self._tasks.put(task)

    def close(self) -> None:
        """What waits until something is usable is told to leave: whoever takes the run up goes on waiting."""
        self.leave.set()
        self._tasks.put(None)

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            try:
                report = task.do()
                if report is not None:
                    self._posted(report)
            except SignInExpired as expired:
                self._posted(task.expired(expired))
                self._posted(ReportStop(reason=expired.what, remedy=expired.remedy))


def work(event: Event, state: RunState, changes: Changes, leave: threading.Event) -> Task | None:
    """What has to be done in the world now that this event is on disk."""
    match event:
        case ActionAsked():
            change, undone = _with_undone(event.change, state)
            return Task(
                lambda: changes.plan(change, undone, state.environment),
                lambda expired: ReportPlan(change=change.number, reason=expired.what, remedy=expired.remedy),
            )
        case ActionConfirmed():
            change, undone = _with_undone(event.change, state)
            return Task(
                lambda: changes.reread(change, undone, state.environment),
                lambda expired: ReportReread(change=change.number, reason=expired.what, remedy=expired.remedy),
            )
        case CallStarted():
            change, started = state.changes[event.change], event
            return Task(
                lambda: changes.call(change, started),
                lambda expired: ReportCall(
                    change=change.number,
                    call=started.call,
                    code="SignInExpired",
                    message=expired.what,
                    remedy=expired.remedy,
                ),
            )
        case CallFinished():
            return awaiting(event.change, event.call, state, changes, leave)
        case _:
            return None


def awaiting(number: int, call: str, state: RunState, changes: Changes, leave: threading.Event) -> Task | None:
    """Until what a call made is usable; None where nothing is to be waited for."""
    change = state.changes[number]
    if change.plan is None or change.plan.call(call).ready is None:
        return None
    return Task(
        lambda: changes.await_ready(change, call, leave),
        lambda expired: ReportReady(change=number, call=call, reason=expired.what),
    )


def _with_undone(number: int, state: RunState) -> tuple[Change, Change | None]:
    change = state.changes[number]
    return change, state.changes.get(change.undoes) if change.undoes is not None else None
