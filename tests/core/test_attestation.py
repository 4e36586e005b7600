"""Operators' statements and waived failures, as the rules of a run see them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from runbook_tui.core.attestation import Attestation, standing
from runbook_tui.core.commands import Attest, Proceed, ReportVerdict
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import Attested, ChecksStarted, Entry, Event, RunFinished, RunStarted, World
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Runbook, Step, Wait
from runbook_tui.core.state import RunState, WaitPhase, evolve, fold
from runbook_tui.core.verdict import Cause, Status, Verdict, Waiver, fail, passed, unknown
from runbook_tui.engine.headless import Halt, Script, next_move
from tests.support.books import book

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WAIVER = Waiver(reason="ticket 7", owner="asha", expires=date(2027, 1, 31))
WAIVED = Verdict(status=Status.FAIL, because="off", remedy="on", waiver=WAIVER)
ONE = book(Step(id="look", title="Look", checks=("a.one", "a.two")))


def entry(event: Event, seq: int = 0, by: str = "you") -> Entry:
    return Entry(seq=seq, at=START + timedelta(seconds=seq), run="r", by=by, world=World.LIVE, event=event)


def stated(text: str, environment: str = "prod", check: str = "a.one", *, revoked: bool = False) -> Attested:
    return Attested(
        check=check,
        environment=environment,
        account="123456789012",
        text=text,
        expires=date(2027, 1, 31),
        revoked=revoked,
    )


def written(state: RunState, events: tuple[Event, ...]) -> RunState:
    return fold([entry(event, state.seq + 1 + number) for number, event in enumerate(events)], state)


def at_first_step(runbook: Runbook) -> RunState:
    started = RunStarted(
        runbook="small",
        title="Small",
        runbook_sha256="",
        runbook_text="",
        site="asharvi",
        site_sha256="",
        environment="prod",
        tool_version="0",
        operator="you",
        account="123456789012",
        region="ap-south-1",
    )
    return written(RunState(), (started, *begin(runbook)))


def answered(runbook: Runbook, *verdicts: Verdict) -> RunState:
    state = at_first_step(runbook)
    for check, verdict in zip(state.step.pending, verdicts, strict=True):
        decision = decide(state, runbook, {}, ReportVerdict(sweep=state.step.sweep, check=check, verdict=verdict))
        assert not isinstance(decision, Refusal)
        state = written(state, decision)
    return state


def test_the_newest_statement_stands_alone() -> None:
    """Of one check in one environment the newest counts, whatever order the journals are read in."""
    old, new, other = entry(stated("old"), 1), entry(stated("new"), 2), entry(stated("else", "staging"), 3)
    assert [one.text for one in standing([other, new, old])] == ["new", "else"]


def test_a_revocation_ends_what_was_stated_before_it() -> None:
    """Nothing stands after it but what is stated later."""
    events = [stated("first"), stated("oops", revoked=True), stated("again")]
    entries = [entry(event, seq) for seq, event in enumerate(events)]
    assert standing(entries[:2]) == ()
    assert [one.text for one in standing(entries)] == ["again"]


@pytest.mark.parametrize(("day", "holds"), [(date(2027, 1, 31), True), (date(2027, 2, 1), False)])
def test_a_statement_holds_through_its_last_day(day: date, holds: bool) -> None:
    """The day that was named still counts; the next does not."""
    assert standing([entry(stated("seen"))])[0].holds(day) is holds


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("arn:aws:sts::123456789012:assumed-role/Admin/asha@example.com (asha@desk)", "asha"),
        ("arn:aws:iam::123456789012:user/asha (root@desk)", "asha"),
        ("asha", "asha"),
    ],
)
def test_an_operator_has_a_short_name(by: str, name: str) -> None:
    """The session's name without its mail domain, which redaction would hide."""
    found = Attestation(check="a", environment="", text="", by=by, at=START, expires=START.date())
    assert found.name == name


def test_attesting_at_a_step_records_it_and_asks_that_check_again() -> None:
    """The event carries the run's environment and account; the check runs anew, so that its verdict hears it."""
    state = answered(ONE, unknown(Cause.UNDECIDED, "nobody attested", "attest"), passed("fine"))
    decision = decide(state, ONE, {}, Attest(check="a.one", text="  seen it ", expires=date(2027, 1, 31)))
    assert decision == (
        stated("seen it"),
        ChecksStarted(step="look", sweep=state.sweep + 1, checks=("a.one",)),
    )
    assert evolve(state, entry(stated("seen it"), state.seq + 1)).steps == state.steps


@pytest.mark.parametrize(
    "wish",
    [
        Attest(check="b.other", text="seen", expires=date(2027, 1, 31)),
        Attest(check="a.one", text="  ", expires=date(2027, 1, 31)),
        Attest(check="a.one", text="seen", expires=date(2026, 11, 22)),
        Attest(check="a.one", text="seen", expires=date(2027, 12, 29)),
    ],
)
def test_a_statement_that_says_nothing_or_holds_too_long_is_refused(wish: Attest) -> None:
    """A foreign check, an empty text, a day that is over, more than 400 days: each with a remedy."""
    decision = decide(answered(ONE, passed("fine"), passed("fine")), ONE, {}, wish)
    assert isinstance(decision, Refusal)
    assert decision.remedy


def test_a_waived_failure_blocks_nobody_and_is_no_pass() -> None:
    """The step is left without a reason; the run ends as WARN, and counts the FAIL as what it is."""
    state = answered(ONE, passed("fine"), WAIVED)
    assert state.step.blocking == ()
    decision = decide(state, ONE, {}, Proceed())
    assert not isinstance(decision, Refusal)
    ended = decision[-1]
    assert isinstance(ended, RunFinished)
    assert (ended.verdict, ended.counts["FAIL"], ended.counts["WARN"]) == (Status.WARN, 1, 0)


def test_a_failure_beside_a_waived_one_still_blocks() -> None:
    """A waiver covers its own check alone."""
    state = answered(ONE, fail("broken", "mend it"), WAIVED)
    assert state.step.blocking == ("a.one",)
    assert isinstance(decide(state, ONE, {}, Proceed()), Refusal)


def test_without_a_screen_a_waived_failure_is_not_why_a_run_halts() -> None:
    """The undecided check beside it is: exit code 3, not 1."""
    state = answered(ONE, unknown(Cause.DENIED, "denied", "ask"), WAIVED)
    assert next_move(state, ONE, Script()) is Halt.UNDECIDED
    assert next_move(answered(ONE, passed("fine"), WAIVED), ONE, Script()) == Proceed()


def test_nobody_waits_for_what_is_waived() -> None:
    """A wait for a waived failure is met; for one that nobody waived it goes on."""
    waiting = book(Step(id="hold", title="Hold", wait=Wait(until=("a.one",), timeout=60)))
    assert answered(waiting, WAIVED).step.wait is WaitPhase.MET
    assert answered(waiting, fail("broken", "mend it")).step.wait is WaitPhase.WAITING


def test_a_waiver_on_another_status_means_nothing() -> None:
    """UNKNOWN with a waiver attached by whatever defect still blocks."""
    odd = Verdict(status=Status.UNKNOWN, because="denied", waiver=WAIVER)
    assert (odd.waived, odd.blocks, odd.counted) == (False, True, Status.UNKNOWN)
