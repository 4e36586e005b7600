"""Drives one run: command → decide → journal → evolve → effects. One thread owns it; everybody else posts."""

import queue
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from runbook_tui.core.change import CallStage
from runbook_tui.core.change_commands import Restore
from runbook_tui.core.change_events import ChangeEvent
from runbook_tui.core.commands import Command, ReportVerdict
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import ChecksStarted, Entry, Event, RunResumed, RunStarted, StepEntered, WaitEnded
from runbook_tui.core.progress import Observation
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import RunState, evolve
from runbook_tui.core.temporary import owed, seconds_left, standing
from runbook_tui.engine.changes import Changer, Task, awaiting, work
from runbook_tui.engine.observing import Observer
from runbook_tui.engine.pool import Job, Pool, sign_in_stop, too_slow
from runbook_tui.engine.ports import Ports
from runbook_tui.engine.waits import Timetable

Listener = Callable[[Sequence[Entry], RunState], None]
Reply = Callable[[Refusal | None], None]

# Seconds. A signal may be delivered to another thread, and is heard only when this one wakes; checks that hang are
# looked for then, too.
_LONGEST_SLEEP: Final = 1.0


class _Asked(Struct, frozen=True):
    command: Command
    reply: Reply | None


class _Leave(Struct, frozen=True):
    pass


class Runner:
    """``listener`` hears every journal entry after it is on disk, with the state that it led to. ``seen`` hears each
    reading of a wait's sources, from another thread.

    ``work`` runs in the caller's thread until ``leave`` is called: a run that is over still takes notes.
    """

    def __init__(
        self,
        *,
        runbook: Runbook,
        ports: Ports,
        by: str,
        state: RunState,
        listener: Listener,
        seen: Callable[[Observation], None] = lambda _: None,
    ) -> None:
        self.state = state
        self.runbook = runbook
        self._ports = ports
        self._by = by
        self._listener = listener
        self._timetable = Timetable()
        self._mailbox: queue.SimpleQueue[_Asked | _Leave] = queue.SimpleQueue()
        self._pool = Pool(
            ports.checks,
            ports.clock,
            heard=lambda job, verdict, ms: self.post(
                ReportVerdict(sweep=job.sweep, check=job.check, verdict=verdict, duration_ms=ms)
            ),
            stopped=lambda expired: self.post(sign_in_stop(expired)),
        )
        self._changer = Changer(self.post)
        self._observer = Observer(ports.sources, seen, self.post)

    def start(self, started: RunStarted) -> None:
        self._record((started, *begin(self.runbook)))

    def post(self, command: Command, reply: Reply | None = None) -> None:
        """Safe from any thread. ``reply`` is called in the runner's thread, with None when it was done."""
        self._mailbox.put(_Asked(command, reply))

    def leave(self) -> None:
        """End ``work`` after what was posted so far; the run itself is not touched."""
        self._mailbox.put(_Leave())

    def work(self) -> None:
        """JournalProblem when an event cannot be written: nothing happens after it. Calls of a change that are under
        way are carried to their end before this thread leaves, and what was changed for a while only is taken back."""
        leaving = False
        try:
            while not (leaving and not self._calling() and not owed(self.state)):
                item = self._next()
                if isinstance(item, _Leave):
                    leaving = True
                elif item is not None:
                    self._carry_out(item)
                self._look_at_the_clock(leaving=leaving)
        finally:
            self._pool.close()
            self._changer.close()
            self._observer.close()

    def do(self, command: Command) -> Refusal | None:
        """Carry out one command now. Only for the thread that works."""
        decision = decide(self.state, self.runbook, self._ports.checks.severities, command)
        if isinstance(decision, Refusal):
            return decision
        if decision:
            self._record(decision)
        return None

    def _calling(self) -> bool:
        change = self.state.open_change
        call = change.running_call if change is not None else None
        return change is not None and call is not None and change.calls[call].stage is CallStage.STARTED

    def _next(self) -> _Asked | _Leave | None:
        due = self._timetable.next_at()
        wait = _LONGEST_SLEEP if due is None else min(_LONGEST_SLEEP, max(0.0, due - self._ports.clock.monotonic()))
        left = seconds_left(self.state, self._ports.clock.now()) if standing(self.state) is not None else None
        wait = wait if left is None else min(wait, left)
        try:
            return self._mailbox.get(timeout=wait)
        except queue.Empty:
            return None

    def _carry_out(self, asked: _Asked) -> None:
        refusal = self.do(asked.command)
        if asked.reply is not None:
            asked.reply(refusal)

    def _look_at_the_clock(self, *, leaving: bool) -> None:
        self._take_back(leaving=leaving)
        for command in self._timetable.take(self._ports.clock.monotonic()):
            self.do(command)
        for job in self._pool.overdue():
            self.do(too_slow(job))
        self._observer.look(self.state, self.runbook, self._ports.clock.monotonic())

    def _take_back(self, *, leaving: bool) -> None:
        """What was changed for a while only, when its time is up or the program ends."""
        found = standing(self.state)
        if found is None:
            if leaving:
                self._changer.leave.set()
            return
        left = seconds_left(self.state, self._ports.clock.now())
        if left is None:
            return
        if leaving and not any(one.undoes == found.number for one in self.state.changes.values()):
            self.do(Restore(reason="the program ends"))
        elif left <= 0:
            self.do(Restore(reason="its time is up"))

    def _record(self, events: Sequence[Event]) -> None:
        entries = self._ports.journal.append(events, self._by)
        for entry in entries:
            self.state = evolve(self.state, entry)
        clock = self._ports.clock
        self._timetable.plan(self.state, self.runbook, clock.monotonic(), clock.now())
        self._listener(entries, self.state)
        for entry in entries:
            self._act_on(entry.event)

    def _act_on(self, event: Event) -> None:
        if isinstance(event, ChecksStarted):
            self._sweep(event)
        elif isinstance(event, WaitEnded):
            self._observer.end(self.state, self.runbook, event.step)
        elif isinstance(event, RunResumed):
            self._go_on_waiting()
        elif isinstance(event, StepEntered) and self.runbook.step(event.step).restores:
            self.post(Restore(reason="the step takes it back"))
        elif isinstance(event, ChangeEvent):
            self._hand_over(work(event, self.state, self._ports.changes, self._changer.leave))

    def _go_on_waiting(self) -> None:
        """What a call made before the program ended may not have been usable yet."""
        change = self.state.open_change
        call = change.running_call if change is not None else None
        if change is not None and call is not None and change.calls[call].stage is CallStage.FINISHED:
            self._hand_over(awaiting(change.number, call, self.state, self._ports.changes, self._changer.leave))

    def _hand_over(self, task: Task | None) -> None:
        if task is not None:
            self._changer.add(task)

    def _sweep(self, started: ChecksStarted) -> None:
        self._pool.sweep(
            Job(sweep=started.sweep, check=check, environment=self.state.environment) for check in started.checks
        )
