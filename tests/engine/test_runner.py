"""The runner with real threads: what it does by itself, and what it lets nobody do."""

import threading
from collections.abc import Iterator

import pytest

from runbook_tui.core.commands import Continue, Proceed, Recheck
from runbook_tui.core.events import CheckFinished, ChecksStarted, RunStopped, WaitEnded
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Runbook, Step, Wait
from runbook_tui.core.state import Phase, RunState
from runbook_tui.core.verdict import Cause, Status, Verdict, fail, passed
from runbook_tui.engine.headless import Halt, Script, next_move
from runbook_tui.engine.pool import CHECK_LIMIT, Job, Pool
from runbook_tui.engine.runner import Runner
from runbook_tui.engine.survey import Answered, survey
from tests.support.books import book, every_kind
from tests.support.runs import CannedChecks, Rig


def walk(runbook: Runbook, checks: CannedChecks, script: Script | None = None) -> tuple[RunState, Rig, list[Halt]]:
    """Walk headless until the run is over or halts."""
    halts: list[Halt] = []
    moving = threading.Event()

    def act(runner: Runner, state: RunState) -> None:
        if state.phase is not Phase.RUNNING:
            runner.leave()
            return
        move = next_move(state, runbook, script or Script())
        if isinstance(move, Halt):
            halts[:] = [move]
            runner.leave()
        elif move is not None and not moving.is_set():
            moving.set()
            runner.post(move, lambda _: went(runner))

    def went(runner: Runner) -> None:
        moving.clear()
        if runner.state.phase is Phase.RUNNING:
            act(runner, runner.state)

    rig = Rig(runbook, checks, act)
    return rig.go(), rig, halts


def test_a_whole_runbook_is_walked_by_its_answers() -> None:
    """Every kind of step is walked to the end when the answers file says what to do."""
    script = Script(answers={"choose": "on"}, confirm={"mend": "done"})
    state, rig, halts = walk(every_kind(), CannedChecks(), script)
    assert state.phase is Phase.FINISHED
    assert state.verdict is Status.PASS
    assert halts == []
    assert [entry.seq for entry in rig.journal.entries] == list(range(len(rig.journal.entries)))


def test_where_the_answers_are_silent_the_run_halts() -> None:
    """A question without an answer, a confirmation without a note and a failure without a reason each halt."""
    assert walk(every_kind(), CannedChecks())[2] == [Halt.NEEDS_ANSWER]
    confirm = book(Step(id="a", title="A", confirm="done"))
    assert walk(confirm, CannedChecks())[2] == [Halt.NEEDS_CONFIRMATION]
    broken = CannedChecks({"x.y": lambda: fail("broken", "mend")})
    assert walk(book(Step(id="a", title="A", checks=("x.y",))), broken)[2] == [Halt.FAILED]


def test_answers_that_lead_round_do_not_go_on_for_ever() -> None:
    """A fixed answer that comes back to its own question is stopped after ten rounds."""
    assert walk(every_kind(), CannedChecks(), Script(answers={"choose": "back"}))[2] == [Halt.GOING_ROUND]


def test_a_wait_asks_again_until_it_is_met() -> None:
    """The wait repeats its checks by itself and is over as soon as they pass."""
    answers = iter([fail("not yet", "wait"), fail("not yet", "wait"), passed("there")])
    checks = CannedChecks({"x.y": lambda: next(answers)})
    state, rig, _ = walk(book(Step(id="a", title="A", wait=Wait(until=("x.y",), timeout=60, every=0.01))), checks)
    assert state.phase is Phase.FINISHED
    assert checks.sweeps == 3
    assert [entry.event for entry in rig.journal.entries if isinstance(entry.event, WaitEnded)] == [
        WaitEnded(step="a", met=True)
    ]


def test_a_wait_that_lasts_too_long_halts() -> None:
    """When the time is up and nothing came, the run says so instead of waiting on."""
    checks = CannedChecks({"x.y": lambda: fail("not yet", "wait")})
    state, _, halts = walk(book(Step(id="a", title="A", wait=Wait(until=("x.y",), timeout=0.05, every=0.01))), checks)
    assert halts == [Halt.FAILED]
    assert state.phase is Phase.RUNNING


def test_expired_sign_in_stops_the_run_and_it_goes_on_at_the_same_step() -> None:
    """An expired sign-in stops the run with its remedy; going on asks the unanswered check and finishes."""
    tries: Iterator[SignInExpired | Verdict] = iter(
        [SignInExpired("sign-in expired", "aws sso login"), passed("there")]
    )

    def answer() -> Verdict:
        found = next(tries)
        if isinstance(found, SignInExpired):
            raise found
        return found

    def act(runner: Runner, state: RunState) -> None:
        if state.phase is Phase.STOPPED:
            runner.post(Continue(operator="you"))
        elif state.phase is Phase.FINISHED:
            runner.leave()
        elif state.step.verdicts and not state.step.pending:
            runner.post(Proceed())

    rig = Rig(book(Step(id="a", title="A", checks=("x.y",))), CannedChecks({"x.y": answer}), act)
    state = rig.go()
    assert state.phase is Phase.FINISHED
    stops = [entry.event for entry in rig.journal.entries if isinstance(entry.event, RunStopped)]
    assert stops == [RunStopped(reason="sign-in expired", remedy="aws sso login")]


def test_every_refusal_comes_back_to_who_asked() -> None:
    """A refused command answers with the reason and leaves nothing in the journal."""
    heard: list[Refusal | None] = []

    def act(runner: Runner, state: RunState) -> None:
        if len(state.steps) == 1 and not heard:
            runner.post(Recheck(check="no.such"), heard.append)
            runner.leave()

    rig = Rig(book(Step(id="a", title="A", checks=("x.y",))), CannedChecks(), act)
    rig.go()
    assert heard[0] is not None
    assert "no.such" in heard[0].reason


def test_checks_of_a_sweep_run_side_by_side() -> None:
    """Eight checks that wait for each other all answer: none is queued behind another."""
    together = threading.Barrier(8, timeout=10)

    def answer() -> Verdict:
        together.wait()
        return passed("met")

    names = tuple(f"x.{n}" for n in range(8))
    state, _, _ = walk(book(Step(id="a", title="A", checks=names)), CannedChecks(dict.fromkeys(names, answer)))
    assert state.phase is Phase.FINISHED


def test_a_check_that_hangs_becomes_unknown() -> None:
    """A check that runs longer than it may is given up as UNKNOWN, and its late verdict is dropped."""
    hang = threading.Event()
    heard: list[Job] = []
    rig = Rig(book(Step(id="a", title="A")), CannedChecks(), lambda runner, state: None)
    began = threading.Event()

    def answer() -> Verdict:
        began.set()
        hang.wait(10)
        return passed("late")

    pool = Pool(
        CannedChecks({"x.y": answer}), rig.clock, heard=lambda job, _v, _ms: heard.append(job), stopped=lambda _: None
    )
    job = Job(sweep=1, check="x.y", environment="prod")
    pool.sweep([job])
    assert began.wait(10)
    assert pool.overdue() == ()
    rig.clock.skip(CHECK_LIMIT + 1)
    assert pool.overdue() == (job,)
    hang.set()
    pool.close()
    assert heard == []


def test_a_survey_hears_every_check_once() -> None:
    """A survey of many checks gives one answer each, counting down to nothing left."""
    jobs = [Job(sweep=0, check=f"x.{n}", environment="prod") for n in range(50)]
    answers: list[Answered] = []
    rig = Rig(book(Step(id="a", title="A")), CannedChecks(), lambda runner, state: None)
    survey(CannedChecks(), rig.clock, jobs, answers.append)
    assert sorted(answer.job.check for answer in answers) == sorted(job.check for job in jobs)
    assert [answer.left for answer in answers] == list(range(49, -1, -1))


def test_a_refused_journal_ends_the_work_before_any_effect() -> None:
    """When an event cannot be written, the checks that it would have started are never asked."""
    checks = CannedChecks()
    rig = Rig(every_kind(), checks, lambda runner, state: None)

    def broken(events: object, by: str) -> list[object]:
        raise OSError("disk full")

    rig.journal.append = broken  # type: ignore[assignment,method-assign]
    with pytest.raises(OSError, match="disk full"):
        rig.go()
    assert checks.asked == []


def test_recorded_verdicts_carry_the_sweep_that_asked() -> None:
    """Each verdict in the journal belongs to the sweep that was started before it."""
    _, rig, _ = walk(every_kind(), CannedChecks(), Script(answers={"choose": "on"}, confirm={"mend": ""}))
    sweep = 0
    for entry in rig.journal.entries:
        if isinstance(entry.event, ChecksStarted):
            assert entry.event.sweep > sweep
            sweep = entry.event.sweep
        if isinstance(entry.event, CheckFinished):
            assert entry.event.sweep == sweep
            assert entry.event.verdict.cause is not Cause.ERROR
