"""A run folded in memory, of a runbook with one change."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from runbook_tui.core.change import Change
from runbook_tui.core.change_commands import ConfirmPlan, PlanAction, ReportPlan, ReportReread
from runbook_tui.core.commands import Command, ReportVerdict
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import Entry, Event, World
from runbook_tui.core.plan import ApiCall, Plan, Risk
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Family, Offer, Runbook, Step
from runbook_tui.core.state import RunState, evolve
from runbook_tui.core.verdict import Verdict
from tests.support.runs import started


def plan(*calls: ApiCall, risk: Risk = Risk.CHANGE) -> Plan:
    return Plan(action="net.make", title="t", environment="prod", resource="vpc", effect="e", risk=risk, calls=calls)


def runbook(**fields: object) -> Runbook:
    step = {"id": "change", "title": "Change", "action": Offer(use="net.make"), **fields}
    steps = (Step(**step), Step(id="close", title="Close", end=True))  # type: ignore[arg-type]
    return Runbook(id="r", title="R", family=Family.MAINTENANCE, outcome="o", steps=steps)


class Book:
    """A run folded in memory."""

    def __init__(self, **fields: object) -> None:
        self.runbook = runbook(**fields)
        self.state = RunState()
        self.events: list[Event] = []
        self._take((started(self.runbook), *begin(self.runbook)))

    def do(self, command: Command) -> Refusal | None:
        decided = decide(self.state, self.runbook, {}, command)
        if isinstance(decided, Refusal):
            return decided
        self._take(decided)
        return None

    def told(self, command: Command) -> list[str]:
        """The names of the events that it came to."""
        before = len(self.events)
        assert self.do(command) is None
        return [type(event).__name__ for event in self.events[before:]]

    @property
    def change(self) -> Change:
        return self.state.changes[len(self.state.changes)]

    def planned(self, made: Plan, confirmation: Confirmation | None = None) -> None:
        assert self.do(PlanAction()) is None
        report = ReportPlan(
            change=self.change.number, plan=made, digest=made.digest, confirmation=confirmation or Confirmation()
        )
        assert self.do(report) is None

    def running(self, made: Plan) -> None:
        self.planned(made)
        assert self.do(ConfirmPlan(digest=made.digest)) is None
        assert self.do(ReportReread(change=self.change.number, digest=made.digest)) is None

    def at(self, last: int) -> "Book":
        """The same run when no more than this event was on disk."""
        former = Book.__new__(Book)
        former.runbook, former.state, former.events = self.runbook, RunState(), []
        former._take(self.events[: last + 1])
        return former

    def checked(self, check: str, verdict: Verdict) -> None:
        assert self.do(ReportVerdict(sweep=self.state.step.sweep, check=check, verdict=verdict)) is None

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            seq = self.state.seq + 1
            at = datetime(2026, 11, 23, 3, tzinfo=UTC) + timedelta(seconds=seq)
            entry = Entry(seq=seq, at=at, run="run", by="you", world=World.SIMULATED, event=event)
            self.state = evolve(self.state, entry)
            self.events.append(event)
