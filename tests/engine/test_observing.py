"""While a wait lasts its sources are read, and its time runs on whoever walks it."""

import threading
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.commands import Continue
from runbook_tui.core.events import ChecksStarted, RunResumed, WaitEnded, WaitSeen, WaitStarted
from runbook_tui.core.progress import Awaited, Observation, Usual, usual
from runbook_tui.core.reading import Gauge, Progress, Remark
from runbook_tui.core.runbook import Runbook, Step, Wait
from runbook_tui.core.state import RunState, StepState, WaitPhase, fold
from runbook_tui.core.verdict import Verdict, passed, warn
from runbook_tui.engine.ports import Ports
from runbook_tui.engine.runner import Runner
from tests.support.books import book
from tests.support.runs import CannedChecks, MemoryJournal, NoChanges, TestClock, started

WORDS = tuple(Remark(text=f"event {n}") for n in range(9))
READING = Progress(
    source="s", title="S", gauges=(Gauge(name="running", value=1, of=2),), remarks=WORDS, log_lines=("a line",)
)


class Source:
    """Says the same at every reading, and counts them."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], str, Awaited]] = []

    def read(self, sources: tuple[str, ...], environment: str, awaited: Awaited) -> tuple[Progress, ...]:
        self.asked.append((sources, environment, awaited))
        return (READING,)

    def usual(self, runbook: str, step: str, environment: str) -> Usual | None:
        assert (runbook, step, environment) == ("book", "settle", "prod")
        return Usual(seconds=240.0, runs=3)


def waiting() -> Runbook:
    wait = Wait(until=("a.steady",), timeout=600.0, every=0.05, progress=("s",))
    return replace(book(Step(id="settle", title="Settle", wait=wait), Step(id="end", title="End")), id="book")


class Watched:
    """A run of one wait that is met when ``met`` is set. It goes on until its reading was written down."""

    def __init__(self, clock: TestClock, state: RunState | None = None, journal: MemoryJournal | None = None) -> None:
        self.met, self.source, self.seen = threading.Event(), Source(), list[Observation]()
        self.journal = journal or MemoryJournal(clock)
        self.clock = clock
        self.hopeless = False
        checks = CannedChecks({"a.steady": self._verdict})
        ports = Ports(journal=self.journal, checks=checks, changes=NoChanges(), clock=clock, sources=self.source)
        self.runner = Runner(
            runbook=waiting(), ports=ports, by="you", state=state or RunState(), listener=self._act, seen=self._see
        )

    def _verdict(self) -> Verdict:
        return passed("yes") if self.met.is_set() and not self.hopeless else warn("not yet", "wait")

    def _see(self, observation: Observation) -> None:
        self.seen.append(observation)
        self.met.set()

    def _act(self, entries: Any, _state: RunState) -> None:
        if any(isinstance(entry.event, WaitSeen) for entry in entries):
            self.runner.leave()


def test_a_wait_is_observed_and_its_end_is_kept() -> None:
    """Each reading goes to whoever looks; the journal holds one, short and without an application's own words."""
    watched = Watched(TestClock())
    watched.runner.start(started(waiting()))
    watched.runner.work()
    events = [entry.event for entry in watched.journal.entries]
    assert watched.source.asked[0][:2] == (("s",), "prod")
    assert watched.source.asked[0][2].since == watched.clock.now()
    assert watched.seen[0] == Observation(step="settle", readings=(READING,), usual=Usual(seconds=240.0, runs=3))
    kept = [event for event in events if isinstance(event, WaitSeen)]
    assert kept == [WaitSeen(step="settle", readings=(READING.compact,))]
    assert len(kept[0].readings[0].remarks) == 3
    assert kept[0].readings[0].log_lines == ()
    assert watched.runner.state.steps["settle"].seen == (READING.compact,)


def test_a_wait_that_is_taken_up_again_goes_on() -> None:
    """Its time is counted from its first day, and every check is asked at once; what has passed meanwhile ends it well
    even when the time is over."""
    clock = TestClock()
    first = Watched(clock)
    first.runner.start(started(waiting()))
    began = fold(first.journal.entries).step.wait_started_at
    clock.skip(900.0)  # nobody was there, and the limit is ten minutes
    second = Watched(clock, fold(first.journal.entries), first.journal)
    second.met.set()
    second.runner.post(Continue(afresh=True, operator="you"))
    second.runner.work()
    events = [entry.event for entry in second.journal.entries]
    assert sum(isinstance(event, WaitStarted) for event in events) == 1
    assert second.runner.state.step.wait_started_at == began
    resumed = next(n for n, event in enumerate(events) if isinstance(event, RunResumed))
    assert events[resumed + 1] == ChecksStarted(step="settle", sweep=2, checks=("a.steady",))
    (ended,) = [event for event in events if isinstance(event, WaitEnded)]
    assert ended.met


def test_a_wait_whose_time_is_over_times_out_after_a_look() -> None:
    """Nobody gets ten more minutes by starting the program again."""
    clock = TestClock()
    first = Watched(clock)
    first.runner.start(started(waiting()))
    clock.skip(900.0)
    second = Watched(clock, fold(first.journal.entries), first.journal)
    second.hopeless = True
    second.runner.post(Continue(afresh=True, operator="you"))
    second.runner.work()
    assert second.runner.state.step.wait is WaitPhase.TIMED_OUT


def test_what_is_usual_is_the_median_of_waits_that_were_met() -> None:
    """Of the latest five of the same runbook, step and environment."""
    clock = TestClock().now()

    def run(seconds: float, phase: WaitPhase = WaitPhase.MET, environment: str = "prod") -> RunState:
        ended = clock + timedelta(seconds=seconds)
        step = StepState(wait=phase, wait_started_at=clock, wait_ended_at=ended)
        return RunState(runbook="book", environment=environment, steps={"settle": step})

    runs = [
        run(100),
        run(900, WaitPhase.TIMED_OUT),
        run(300),
        run(9000, environment="staging"),
        run(200),
        RunState(runbook="book", environment="prod"),
        run(400),
        run(500),
        run(99_999),
    ]
    assert usual(runs, "book", "settle", "prod") == Usual(seconds=300.0, runs=5)
    assert usual(runs, "other", "settle", "prod") is None
