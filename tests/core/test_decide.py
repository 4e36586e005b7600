"""Rules of a run, judged by what they write and refuse."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.core.commands import (
    Abort,
    AddNote,
    Answer,
    Command,
    Confirm,
    Continue,
    Pause,
    Proceed,
    Recheck,
    Repeat,
    ReportStop,
    ReportTimeout,
    ReportVerdict,
    Skip,
    TakeOtherwise,
    Watch,
)
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import (
    ChecksStarted,
    DecisionMade,
    Entry,
    Event,
    RunFinished,
    RunResumed,
    RunStarted,
    StepEntered,
    World,
)
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Ask, Family, Option, Runbook, Step, Wait
from runbook_tui.core.state import Phase, RunState, WaitPhase, evolve, fold
from runbook_tui.core.verdict import Cause, Severity, Status, Verdict, blocked, fail, passed, skip, unknown, warn
from tests.support.books import book, every_kind

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
VERDICTS = {
    Status.PASS: passed("fine"),
    Status.WARN: warn("so so", "look"),
    Status.FAIL: fail("broken", "mend it"),
    Status.UNKNOWN: unknown(Cause.DENIED, "denied", "ask for it"),
    Status.SKIP: skip("does not apply"),
}


class Run:
    """A run in memory: what a journal and a runner would do, without either."""

    def __init__(self, runbook: Runbook) -> None:
        self.runbook = runbook
        self.entries: list[Entry] = []
        self.state = RunState()
        started = RunStarted(
            runbook=runbook.id,
            title=runbook.title,
            runbook_sha256="",
            runbook_text=runbook.text,
            site="asharvi",
            site_sha256="",
            environment="prod",
            tool_version="0",
            operator="you",
            account="123456789012",
            region="ap-south-1",
        )
        self.write((started, *begin(runbook)))

    def write(self, events: Sequence[Event]) -> None:
        for event in events:
            entry = Entry(
                seq=len(self.entries),
                at=START + timedelta(seconds=len(self.entries)),
                run="r",
                by="you",
                world=World.SIMULATED,
                event=event,
            )
            self.entries.append(entry)
            self.state = evolve(self.state, entry)

    def phase_now(self) -> Phase:
        return self.state.phase

    def wait_now(self) -> WaitPhase:
        return self.state.step.wait

    def do(self, command: Command) -> Refusal | None:
        decision = decide(self.state, self.runbook, {}, command)
        if isinstance(decision, Refusal):
            return decision
        self.write(decision)
        return None

    def report(self, check: str, status: Status = Status.PASS) -> None:
        self.do(ReportVerdict(sweep=self.state.step.sweep, check=check, verdict=VERDICTS[status]))

    def report_all(self, status: Status = Status.PASS) -> None:
        for check in self.state.step.pending:
            self.report(check, status)


def test_passing_steps_lead_to_the_next_and_the_last_ends_the_run() -> None:
    """Green steps are left with one command each, and the end carries the rolled-up verdict and the counts."""
    run = Run(book(Step(id="a", title="A", checks=("x.y",)), Step(id="b", title="B", checks=("x.z",))))
    run.report_all()
    assert run.do(Proceed()) is None
    assert run.state.current == "b"
    run.report_all(Status.WARN)
    assert run.do(Proceed()) is None
    assert run.phase_now() is Phase.FINISHED
    last = run.entries[-1].event
    assert last == RunFinished(verdict=Status.WARN, counts={"PASS": 1, "WARN": 1, "FAIL": 0, "UNKNOWN": 0, "SKIP": 0})


def test_nobody_leaves_while_checks_run() -> None:
    """Leaving is refused until every check of the step has answered."""
    run = Run(every_kind())
    run.report("a.one")
    refusal = run.do(Proceed())
    assert refusal is not None
    assert refusal.reason == "1 check is still running"


def test_a_failed_or_undecided_check_needs_a_reason() -> None:
    """FAIL and UNKNOWN hold the step until the operator gives a reason, which is written down."""
    for status in (Status.FAIL, Status.UNKNOWN):
        run = Run(every_kind())
        run.report("a.one", status)
        run.report("a.two")
        refusal = run.do(Proceed())
        assert refusal is not None
        assert "a.one" in refusal.reason
        assert "mend" in refusal.remedy
        assert run.do(Proceed(reason="known, ticket 7")) is None
        assert run.state.steps["look"].reason == "known, ticket 7"
        assert run.state.current == "choose"


def test_the_branch_of_a_failure_is_taken_only_after_one() -> None:
    """The otherwise branch is refused while nothing failed and leads where it says when something did."""
    run = Run(every_kind())
    run.report_all()
    assert run.do(TakeOtherwise()) is not None
    run.do(Recheck())
    run.report_all(Status.FAIL)
    assert run.do(TakeOtherwise()) is None
    assert run.state.current == "mend"


def test_a_wait_in_which_something_fails_need_not_be_sat_out() -> None:
    """While it lasts, its branch may be taken once a check has failed, and not before all have answered."""
    patient = book(
        Step(id="watch", title="watch", checks=("a.one",), wait=Wait(until=("a.two",), timeout=900), otherwise="mend"),
        Step(id="mend", title="mend", end=True),
    )
    run = Run(patient)
    assert run.do(TakeOtherwise()) is not None
    run.report_all(Status.WARN)
    assert run.wait_now() is WaitPhase.WAITING
    assert run.do(TakeOtherwise()) is not None, "nothing failed"
    run.do(Repeat())
    run.report_all(Status.FAIL)
    assert run.do(Proceed(reason="enough")) is not None
    assert run.do(TakeOtherwise()) is None
    assert run.state.current == "mend"


def test_a_question_is_answered_by_its_own_options_only() -> None:
    """A question refuses other commands and other answers, and an answer goes where it points."""
    run = Run(every_kind())
    run.report_all()
    run.do(Proceed())
    assert isinstance(run.do(Proceed()), Refusal)
    assert isinstance(run.do(Answer(option="sideways")), Refusal)
    assert run.do(Answer(option="back")) is None
    assert run.state.current == "look"
    assert run.state.steps["look"].visits == 2
    assert run.state.step.verdicts == {}, "a second visit starts afresh"


def test_an_answer_that_wants_a_word_is_refused_without_one() -> None:
    """The refusal asks for it, and the journal holds it with the decision."""
    options = {"yes": Option(label="Accept"), "no": Option(label="Reject", why="Why not?")}
    step = Step(id="ask", title="Ask", ask=Ask(question="Accept?", options=options), end=True)
    book = Runbook(id="r", title="R", family=Family.SCALING, outcome="o", steps=(step,))
    run = Run(book)
    refused = run.do(Answer(option="no", reason=" "))
    assert isinstance(refused, Refusal)
    assert refused.remedy == "Why not?"
    assert run.do(Answer(option="no", reason=" too early ")) is None
    (made,) = [event for event in (entry.event for entry in run.entries) if isinstance(event, DecisionMade)]
    assert (made.label, made.reason) == ("Reject", "too early")


def test_a_wait_ends_when_its_checks_settle() -> None:
    """The wait goes on while its checks fail, warn or are blocked, and is met by the first pass."""
    run = at_the_wait()
    run.report("b.one", Status.WARN)
    run.report("b.two", Status.FAIL)
    assert run.wait_now() is WaitPhase.WAITING
    run.do(Repeat())
    run.report("b.one", Status.WARN)
    run.report("b.two", Status.WARN)
    assert run.wait_now() is WaitPhase.WAITING
    run.do(Repeat())
    run.report("b.one", Status.WARN)
    run.do(ReportVerdict(sweep=run.state.step.sweep, check="b.two", verdict=blocked("b.three", "not there")))
    assert run.wait_now() is WaitPhase.WAITING
    assert isinstance(run.do(Proceed()), Refusal)
    run.do(Repeat())
    run.report_all()
    assert run.wait_now() is WaitPhase.MET
    assert run.do(Proceed()) is None


def test_a_wait_that_timed_out_is_met_by_a_later_recheck() -> None:
    """After the time is up the step needs a reason, unless a re-check shows that what was awaited came."""
    run = at_the_wait()
    run.report_all(Status.FAIL)
    run.do(ReportTimeout(step="hold"))
    assert run.wait_now() is WaitPhase.TIMED_OUT
    assert isinstance(run.do(Proceed()), Refusal)
    run.do(Recheck())
    run.report_all()
    assert run.wait_now() is WaitPhase.MET


def test_a_late_verdict_is_not_heard() -> None:
    """A verdict of an older sweep changes nothing: the world was asked again since."""
    run = Run(every_kind())
    old = run.state.step.sweep
    run.do(Recheck())
    run.do(ReportVerdict(sweep=old, check="a.one", verdict=passed("old")))
    assert run.state.step.pending == ("a.one", "a.two")


def test_a_single_recheck_keeps_the_others_pending() -> None:
    """Asking one check again does not lose those that have not answered."""
    run = Run(every_kind())
    run.report("a.one")
    run.do(Recheck(check="a.one"))
    assert set(run.state.step.pending) == {"a.one", "a.two"}


def test_sign_in_expiry_stops_and_continues_at_the_same_step() -> None:
    """A stop keeps the step and its notes; going on asks only the checks that had not answered."""
    run = Run(every_kind())
    run.report("a.one")
    run.do(AddNote(text="looked at the dashboard"))
    run.do(ReportStop(reason="sign-in expired", remedy="aws sso login"))
    assert run.phase_now() is Phase.STOPPED
    assert isinstance(run.do(Proceed()), Refusal)
    run.do(Continue(operator="you"))
    assert run.phase_now() is Phase.RUNNING
    assert run.state.current == "look"
    assert run.state.step.pending == ("a.two",)
    assert [note.text for note in run.state.notes] == ["looked at the dashboard"]


def test_a_run_is_continued_after_being_cut_at_any_event() -> None:
    """Wherever the journal ends, going on leads to a state from which the run can still be finished."""
    whole = Run(every_kind())
    drive(whole)
    assert whole.phase_now() is Phase.FINISHED
    for length in range(1, len(whole.entries)):
        cut = Run(every_kind())
        cut.entries = whole.entries[:length]
        cut.state = fold(cut.entries)
        if not cut.state.phase.over:
            assert cut.do(Continue(operator="you")) is None
            assert any(isinstance(entry.event, RunResumed) for entry in cut.entries[length:])
            drive(cut)
        assert cut.phase_now() is Phase.FINISHED, length


def test_an_over_run_takes_notes_and_nothing_else() -> None:
    """After the end a note is still written; every other wish of an operator is refused."""
    run = Run(every_kind())
    run.do(Abort(reason="wrong environment"))
    assert run.phase_now() is Phase.ABORTED
    assert run.do(AddNote(text="see the other run")) is None
    for command in (Proceed(), Continue(), Skip(reason="x"), Pause(), Abort(reason="again")):
        assert isinstance(run.do(command), Refusal)


def test_skipping_and_aborting_need_reasons() -> None:
    """Without a reason neither a step is skipped nor a run aborted."""
    run = Run(every_kind())
    assert isinstance(run.do(Skip(reason="  ")), Refusal)
    assert isinstance(run.do(Abort(reason="")), Refusal)


def test_a_skipped_look_is_never_a_pass() -> None:
    """A run whose checks were skipped over ends undecided, not green."""
    run = Run(book(Step(id="a", title="A", checks=("x.y",))))
    run.do(Skip(reason="no time"))
    assert run.state.verdict is Status.UNKNOWN


def test_a_denied_value_read_weighs_less_than_a_warning() -> None:
    """An UNKNOWN that counts as low leaves the run at WARN, where one of high severity would make it UNKNOWN."""
    denied = VERDICTS[Status.UNKNOWN]
    for weight, verdict in ((Severity.LOW, Status.WARN), (None, Status.UNKNOWN)):
        run = Run(book(Step(id="a", title="A", checks=("x.y", "x.z"))))
        run.report("x.y", Status.WARN)
        low = replace(denied, counts_as=weight)
        run.do(ReportVerdict(sweep=run.state.step.sweep, check="x.z", verdict=low))
        run.do(Proceed(reason="the value is read elsewhere"))
        assert run.state.verdict is verdict


def test_watching_repeats_only_while_it_is_on() -> None:
    """A repetition is asked for by watching, and ignored without it."""
    run = Run(every_kind())
    run.report_all()
    before = len(run.entries)
    run.do(Repeat())
    assert len(run.entries) == before
    run.do(Watch(every=10))
    run.do(Repeat())
    assert isinstance(run.entries[-1].event, ChecksStarted)
    run.report_all()
    run.do(Watch(every=0))
    assert run.state.watch_every == 0


def at_the_wait() -> Run:
    run = Run(every_kind())
    run.report_all()
    run.do(Proceed())
    run.do(Answer(option="on"))
    assert run.state.current == "hold"
    return run


def drive(run: Run) -> None:
    """Walk on to the end the way a calm operator would."""
    for _ in range(60):
        if run.state.phase.over:
            return
        run.report_all()
        step = run.runbook.step(run.state.current or "")
        if run.wait_now() is WaitPhase.WAITING:
            run.do(Repeat())
            run.report_all()
        if step.ask is not None:
            run.do(Answer(option="on"))
        elif step.confirm is not None:
            run.do(Confirm())
        else:
            run.do(Proceed())


CHECKS = st.sampled_from(["a.one", "a.two", "b.one", "b.two", "unheard.of"])
TEXT = st.sampled_from(["", " ", "because"])
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(Proceed, reason=TEXT),
    st.builds(Answer, option=st.sampled_from(["on", "back", "no"])),
    st.builds(Confirm, note=TEXT, reason=TEXT),
    st.just(TakeOtherwise()),
    st.builds(Skip, reason=TEXT),
    st.builds(Recheck, check=st.none() | CHECKS),
    st.builds(Watch, every=st.sampled_from([0.0, 5.0])),
    st.builds(AddNote, text=TEXT),
    st.builds(Pause, reason=TEXT),
    st.builds(Continue, operator=st.just("you")),
    st.sampled_from([Abort(reason=""), Abort(reason="stop")]),
    st.builds(ReportVerdict, sweep=st.integers(1, 8), check=CHECKS, verdict=st.sampled_from(list(VERDICTS.values()))),
    st.builds(ReportStop, reason=st.just("expired"), remedy=st.just("sign in")),
    st.builds(ReportTimeout, step=st.sampled_from(["hold", "look"])),
    st.just(Repeat()),
)


@given(st.lists(COMMANDS, max_size=60))
@settings(max_examples=300)
def test_no_order_of_commands_breaks_a_run(commands: list[Command]) -> None:
    """Whatever is asked in whatever order, the state is the fold of the events and its invariants hold."""
    run = Run(every_kind())
    for command in commands:
        before = run.state
        run.do(command)
        assert run.state == fold(run.entries)
        check_invariants(run, before)


def check_invariants(run: Run, before: RunState) -> None:
    state = run.state
    assert state.sweep >= before.sweep
    assert before.phase.over <= state.phase.over, "a run that is over stays over"
    if state.phase.over:
        return
    assert state.current is not None
    step = run.runbook.step(state.current)
    assert set(state.step.pending) <= set(step.all_checks)
    assert set(state.step.verdicts) <= set(step.all_checks)
    assert state.path[-1] == state.current
    assert len(set(state.path)) == len(state.path)
    entered = [entry.event for entry in run.entries if isinstance(entry.event, StepEntered)]
    assert entered[-1].step == state.current


def test_every_verdict_is_a_plain_value() -> None:
    """Two verdicts with the same words are equal: tests and folds compare by value."""
    assert Verdict(status=Status.PASS, because="x") == passed("x")
