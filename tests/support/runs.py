"""A runner with everything real but AWS: checks that answer what the test says, a journal in memory, a clock."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from runbook_tui.core.change import Change
from runbook_tui.core.change_commands import ReportCall, ReportPlan, ReportReady, ReportReread
from runbook_tui.core.change_events import CallStarted
from runbook_tui.core.events import Entry, Event, RunStarted, World
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import RunState
from runbook_tui.core.verdict import Severity, Verdict, passed
from runbook_tui.engine.ports import Ports
from runbook_tui.engine.runner import Runner


class TestClock:
    """Wall time stands still at 03:00 unless told; monotonic time is real, or moved on by ``skip``."""

    __test__ = False

    def __init__(self) -> None:
        self._skipped = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 3, 0, tzinfo=UTC) + timedelta(seconds=self._skipped)

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds


class CannedChecks:
    """Answers each check by calling ``answers[check]``; counts what was asked and in which sweep."""

    def __init__(self, answers: Mapping[str, Callable[[], Verdict]] | None = None) -> None:
        self.severities: Mapping[str, Severity] = {}
        self.asked: list[str] = []
        self.sweeps = 0
        self._answers = answers or {}
        self._lock = threading.Lock()

    def begin_sweep(self) -> None:
        self.sweeps += 1

    def run(self, check: str, environment: str) -> Verdict:
        with self._lock:
            self.asked.append(check)
        return self._answers.get(check, lambda: passed("fine"))()


class NoChanges:
    """Nothing can be changed here."""

    def plan(self, change: Change, undone: Change | None, environment: str) -> ReportPlan:
        return ReportPlan(change=change.number, reason="there are no actions here")

    def reread(self, change: Change, undone: Change | None, environment: str) -> ReportReread:
        raise AssertionError("nothing was planned")

    def call(self, change: Change, started: CallStarted) -> ReportCall:
        raise AssertionError("nothing was planned")

    def await_ready(self, change: Change, call: str, leave: threading.Event) -> ReportReady:
        raise AssertionError("nothing was planned")


class MemoryJournal:
    def __init__(self, clock: TestClock) -> None:
        self.entries: list[Entry] = []
        self._clock = clock

    def append(self, events: Sequence[Event], by: str) -> Sequence[Entry]:
        first = len(self.entries)
        new = [
            Entry(seq=first + n, at=self._clock.now(), run="r", by=by, world=World.SIMULATED, event=event)
            for n, event in enumerate(events)
        ]
        self.entries += new
        return new

    def close(self) -> None:
        pass


class Rig:
    """``act`` hears every change in the runner's thread and may post commands; ``go`` works until ``leave``."""

    def __init__(self, runbook: Runbook, checks: CannedChecks, act: Callable[[Runner, RunState], None]) -> None:
        self.clock = TestClock()
        self.journal = MemoryJournal(self.clock)
        self.runner = Runner(
            runbook=runbook,
            ports=Ports(journal=self.journal, checks=checks, changes=NoChanges(), clock=self.clock),
            by="you",
            state=RunState(),
            listener=lambda _, state: act(self.runner, state),
        )

    def go(self) -> RunState:
        self.runner.start(started(self.runner.runbook))
        self.runner.work()
        return self.runner.state


def started(runbook: Runbook, environment: str = "prod") -> RunStarted:
    return RunStarted(
        runbook=runbook.id,
        title=runbook.title,
        runbook_sha256=runbook.sha256,
        runbook_text=runbook.text,
        site="asharvi",
        site_sha256="",
        environment=environment,
        tool_version="0",
        operator="you",
        account="123456789012",
        region="ap-south-1",
    )
