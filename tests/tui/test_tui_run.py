"""The run screen, walked with keys over a real socket; every assertion is on the glass."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from runbook_tui.core.runbook import Runbook
from runbook_tui.tui import library
from tests.support.glass import line_of, lines, text, until
from tests.support.staged import ANSWERS, DENIED, staged

pytestmark = pytest.mark.slow  # each starts a runner's process

SIZE = (120, 36)
STAGING = ("validation", "staging")
PROD = ("validation", "prod")
FINE = {check: [verdicts[-1]] for check, verdicts in ANSWERS.items()}


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stage's own runbook: its journal holds it as JSON."""
    monkeypatch.setattr(library, "runbook_of", lambda text, name: msgspec.json.decode(text, type=Runbook))
    return iter(())


async def to_targets(pilot: Pilot[int]) -> str:
    """From the start to the second step, whose target check fails at first."""
    await until(pilot, "All 3 checks are fine")
    await pilot.press("enter")
    return await until(pilot, "1 check failed")


async def say(pilot: Pilot[int], words: str) -> None:
    await pilot.press(*("space" if letter == " " else letter for letter in words), "enter")


async def test_a_run_opens_at_its_first_step(tmp_path: Path) -> None:
    """A started run shows its first step, all steps, the verdicts and what to do."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        shown = await until(pilot, "All 3 checks are fine. Go on to 2 · Healthy targets.")
        assert "1 · Who and where" in shown
        assert "▶ 1 Who and where" in shown
        assert "○ 6 Close" in shown
        assert "✔ pass    pre.account-match  123456789012" in shown
        assert "$ aws sts get-caller-identity" in shown


async def test_enter_goes_on(tmp_path: Path) -> None:
    """Enter leaves a step whose checks are fine, and the step is marked done."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        shown = await to_targets(pilot)
        assert "✔ 1 Who and where" in shown
        assert "▶ 2 Healthy targets" in shown


async def test_rows_keep_their_place_while_verdicts_arrive(tmp_path: Path) -> None:
    """Each check has its row before any verdict is there, and keeps it."""
    gate = tmp_path / "gate"
    async with staged(tmp_path, start=STAGING, gate=gate).run_test(size=SIZE) as pilot:
        running = await until(pilot, "… running pre.credentials", "… running pre.region")
        gate.touch()
        ended = await until(pilot, "All 3 checks are fine")
        for check in ("pre.credentials", "pre.account-match", "pre.region"):
            assert line_of(running, check) == line_of(ended, check)


async def test_a_failure_says_because_and_remedy(tmp_path: Path) -> None:
    """The first check that failed is marked, with its reason and what to do about it."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        shown = await to_targets(pilot)
        assert "▸✘ fail    tg.targets-healthy  0 of 2 healthy: Target.ResponseCodeMismatch [503]" in shown
        assert "do this   runbook rollback, step previous-revision" in shown
        assert "▲ warn    ecs.service.steady" in shown


async def test_recheck_asks_again(tmp_path: Path) -> None:
    """r asks every check of the step again, and the new verdicts stand on the glass."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("r")
        shown = await until(pilot, "Nothing failed; 1 warning.")
        assert "✔ pass    tg.targets-healthy  2 of 2 healthy" in shown


async def test_recheck_one_asks_the_marked_check_alone(tmp_path: Path) -> None:
    """R asks only the check under the cursor again."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("R")
        shown = await until(pilot, "✔ pass    tg.targets-healthy  2 of 2 healthy")
        assert "asking    1 check, sweep 3" in shown


async def test_going_on_in_spite_of_a_failure_needs_a_reason(tmp_path: Path) -> None:
    """Enter at a failed check offers the branch, or asks for a reason that is recorded."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("enter")
        await until(pilot, "Take the branch", "Go on all the same")
        await pilot.press("g")
        await until(pilot, "Why may the run go on all the same?")
        await pilot.press("enter")
        assert "type a few words" in await until(pilot, "type a few words")
        await say(pilot, "known")
        shown = await until(pilot, "Is the release good?")
        assert "▲ 2 Healthy targets" in shown
        assert "targets → judge, accepted: known" in shown


async def test_the_branch_for_a_failure(tmp_path: Path) -> None:
    """o takes the branch that the step has for a failure."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("o")
        shown = await until(pilot, "4 · Look at the logs")
        assert "↳ 2 Healthy targets" in shown


async def test_a_refusal_stays_until_the_next_key(tmp_path: Path) -> None:
    """A key that cannot be obeyed says why and what to do instead; the next key clears it."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("o")
        await until(pilot, "Not done: this step has no branch for a failure · go on with a reason, or abort")
        await pilot.press("j")
        await pilot.pause()
        assert "Not done" not in text(pilot.app)


async def test_a_note_is_written_down(tmp_path: Path) -> None:
    """n asks for a text and writes it into the journal."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("n")
        await until(pilot, "It is written into the journal")
        await say(pilot, "saw two tasks")
        assert "note      saw two tasks" in await until(pilot, "saw two tasks", "Go on to 2")


async def test_a_statement_is_only_for_what_no_call_can_tell(tmp_path: Path) -> None:
    """t on a check that AWS has answered writes nothing and says why."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("t")
        await until(pilot, "not decided by a statement")


async def test_a_skip_needs_a_reason(tmp_path: Path) -> None:
    """s asks why, and the step is marked as skipped."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("s")
        await until(pilot, "a skipped check is never a pass")
        await say(pilot, "done by hand")
        shown = await until(pilot, "2 · Healthy targets")
        assert "– 1 Who and where" in shown


async def test_escape_takes_a_question_back(tmp_path: Path) -> None:
    """Esc in a question does nothing to the run."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("x")
        await until(pilot, "The run ends here for good")
        await pilot.press("escape")
        shown = await until(pilot, "▶ 1 Who and where")
        assert "ends here for good" not in shown


async def test_watch_is_switched_on_and_off(tmp_path: Path) -> None:
    """w begins to ask again and again, and w ends it."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("w")
        await until(pilot, "watch     every 15 s")
        await pilot.press("w")
        await until(pilot, "watch     ended")


async def test_evidence_opens_over_the_screen(tmp_path: Path) -> None:
    """e shows what the marked check saw, names and values of any depth."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("e")
        shown = await until(pilot, "healthy: 0")
        assert "- id: 10.20.10.11" in shown
        await pilot.press("escape")
        await pilot.pause()
        assert "10.20.10.11" not in text(pilot.app)


async def test_evidence_opens_at_the_side_where_there_is_room(tmp_path: Path) -> None:
    """At 200 columns the evidence stands beside the step, and follows the cursor."""
    async with staged(tmp_path, start=STAGING).run_test(size=(200, 60)) as pilot:
        await to_targets(pilot)
        await pilot.press("e")
        shown = await until(pilot, "Evidence · tg.targets-healthy", "- id: 10.20.10.11")
        assert "2 · Healthy targets" in shown
        assert "○ 3 Judge the release" in shown
        await pilot.press("down")
        await until(pilot, "Evidence · ecs.service.steady", "deployments: 1")


async def test_copy_says_what_was_copied(tmp_path: Path) -> None:
    """y puts the step's command on the clipboard and shows it."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("y")
        await until(pilot, "Copied: aws sts get-caller-identity")
        assert pilot.app.clipboard == "aws sts get-caller-identity"


async def test_a_number_answers(tmp_path: Path) -> None:
    """The number of an answer chooses it, and the run goes where it leads."""
    async with staged(tmp_path, start=STAGING, answers=FINE).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("enter")
        await until(pilot, "2 · Healthy targets", "Nothing failed")
        await pilot.press("enter")
        shown = await until(pilot, "Is the release good?", "1 It is good", "2 It is bad")
        assert "▸1 It is good" in shown
        await pilot.press("2")
        await until(pilot, "4 · Look at the logs", "decided   “It is bad”")


async def test_a_confirmation_is_recorded(tmp_path: Path) -> None:
    """Enter at a step done by hand confirms its statement."""
    async with staged(tmp_path, start=STAGING, delay=0.1).run_test(size=(120, 50)) as pilot:
        await to_targets(pilot)
        await pilot.press("o")
        await until(pilot, "Confirm: I have read the last 100 log lines.")
        await pilot.press("enter")
        await until(pilot, "5 · Wait until it settles", "confirmed I have read the last 100 log lines.")


async def test_a_wait_shows_how_long_it_has_lasted(tmp_path: Path) -> None:
    """A waiting step says elapsed and limit, and asks again by itself until it is met."""
    answers = {**FINE, "ecs.service.desired-min": [DENIED, DENIED, DENIED, FINE["ecs.service.desired-min"][0]]}
    async with staged(tmp_path, start=STAGING, answers=answers).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("enter")
        await until(pilot, "Nothing failed")
        await pilot.press("enter")
        await until(pilot, "1 It is good")
        await pilot.press("enter")
        await until(pilot, "Waiting until the checks pass · 00:0", "of 15:00")
        await until(pilot, "the wait was met", "The check passed.")


async def test_a_finished_run_shows_its_proof(tmp_path: Path) -> None:
    """The end shows the verdict, every step, the tip's hash, and how to verify it."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("o")
        await until(pilot, "Confirm:")
        await pilot.press("enter")
        await until(pilot, "5 · Wait", "The check passed.")
        await pilot.press("enter")
        await until(pilot, "6 · Close", "Finish the run.")
        await pilot.press("enter")
        shown = await until(pilot, "Summary", "The run is finished")
        assert "✘ fail    at least one check failed" in shown
        assert "✘ 1 fail" in shown
        assert "runbook-tui audit verify 20261123-031602-validation-9f3c" in shown
        assert f"tip     {'0' * 40}" in shown


async def test_an_aborted_run_is_over(tmp_path: Path) -> None:
    """x asks for a reason, and ends the run for good."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("x")
        await until(pilot, "The run ends here for good")
        await say(pilot, "wrong release")
        await until(pilot, "✘ aborted   wrong release", "The run was aborted")


async def test_pause_and_go_on(tmp_path: Path) -> None:
    """p pauses the run at its step; Enter goes on there."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        await pilot.press("p")
        await until(pilot, "The run is paused.")
        await pilot.press("enter")
        await until(pilot, "All 3 checks are fine", "resumed")


async def test_leaving_and_resuming_keeps_everything(tmp_path: Path) -> None:
    """A run that was paused and left comes back at the same step, with its notes."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("n")
        await until(pilot, "It is written into the journal")
        await say(pilot, "back soon")
        await until(pilot, "note      back soon")
        await pilot.press("q")
        await until(pilot, "Pause and leave", "Leave it running")
        await pilot.press("p")
        await until(pilot, "Environments", "Runbooks")
    async with staged(tmp_path, open_run="20261123-031602-validation-9f3c").run_test(size=SIZE) as pilot:
        shown = await until(pilot, "2 · Healthy targets", "1 check failed")
        assert "note      back soon" in shown
        assert "resumed" in shown


async def test_a_run_left_running_is_attached_again(tmp_path: Path) -> None:
    """A run that was left running goes on in its process, and is shown again without being resumed."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("q")
        await until(pilot, "Leave it running")
        await pilot.press("l")
        await until(pilot, "Environments", "Runbooks")
    async with staged(tmp_path, open_run="20261123-031602-validation-9f3c").run_test(size=SIZE) as pilot:
        shown = await until(pilot, "2 · Healthy targets", "1 check failed")
        assert "resumed" not in shown
        await pilot.press("q", "p")
        await until(pilot, "Environments")


async def test_an_expired_sign_in_stops_and_goes_on(tmp_path: Path) -> None:
    """When the sign-in expires the screen says what to do, and Enter goes on at the same step."""
    async with staged(tmp_path, start=STAGING, stop_after=2).run_test(size=SIZE) as pilot:
        shown = await until(pilot, "Stopped: the sign-in has expired")
        assert "aws sso login; then go on" in shown
        await pilot.press("enter")
        await until(pilot, "1 · Who and where", "All 3 checks are fine")


async def test_a_runner_that_was_killed_is_replaced(tmp_path: Path) -> None:
    """When the runner's process dies the screen says so, and Enter takes the run up at the same step."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        pointer = tmp_path / "runs" / "20261123-031602-validation-9f3c.host"
        os.kill(json.loads(pointer.read_text())["pid"], signal.SIGKILL)
        await until(pilot, "the runner has ended", "Enter tries again")
        await pilot.press("enter")
        await until(pilot, "resumed", "▶ 2 Healthy targets")


async def test_a_runner_that_cannot_start_says_why(tmp_path: Path) -> None:
    """A wrong account is said in words, with the remedy, and no traceback."""
    error = "the site names account 111111111111, you are in 123456789012"
    app = staged(tmp_path, start=STAGING, error=error, remedy="sign in to the right account")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, error, "sign in to the right account; then Enter tries again")


async def test_unknown_looks_nothing_like_pass(tmp_path: Path) -> None:
    """A check that could not be decided stands as such, and blocks the step."""
    answers = {**ANSWERS, "pre.region": [DENIED]}
    async with staged(tmp_path, start=STAGING, answers=answers).run_test(size=SIZE) as pilot:
        shown = await until(pilot, "1 could not be decided", "add ecs:DescribeServices to the policy")
        assert "? unknown pre.region" in shown


async def test_production_is_unmistakable(tmp_path: Path) -> None:
    """In production the word stands in the top line, over questions too, and the step has a double border."""
    async with staged(tmp_path, start=PROD).run_test(size=SIZE) as pilot:
        shown = await until(pilot, "All 3 checks are fine")
        assert " PROD " in lines(pilot.app)[0]
        assert " SIMULATED " in lines(pilot.app)[0]
        assert "╔═ 1 · Who and where" in shown
        await pilot.press("n")
        await until(pilot, "It is written into the journal")
        assert " PROD " in lines(pilot.app)[0]
        await pilot.press("escape", "question_mark")
        await until(pilot, "Keys and symbols")
        assert " PROD " in lines(pilot.app)[0]


async def test_a_live_world_is_never_called_simulated(tmp_path: Path) -> None:
    """A run in AWS says LIVE."""
    async with staged(tmp_path, start=STAGING, world="live").run_test(size=SIZE) as pilot:
        await until(pilot, "All 3 checks are fine")
        assert " LIVE " in lines(pilot.app)[0]
        assert "SIMULATED" not in lines(pilot.app)[0]


async def test_a_small_terminal_folds(tmp_path: Path) -> None:
    """At 80×24 the steps fold into “step 2 of 6”, the journal into one line, and the remedy is still there."""
    async with staged(tmp_path, start=STAGING).run_test(size=(80, 24)) as pilot:
        shown = await to_targets(pilot)
        assert "step 2 of 6" in shown
        assert "○ 3 Judge the release" not in shown
        assert "do this   runbook rollback" in shown
        assert "Journal ·" not in shown
        assert "? help" in lines(pilot.app)[-1]
        assert len(lines(pilot.app)) == 24


async def test_what_no_request_puts_right_says_so(tmp_path: Path) -> None:
    """f plans what puts the marked check right; where nothing can, the remedy is all there is."""
    async with staged(tmp_path, start=STAGING).run_test(size=SIZE) as pilot:
        await to_targets(pilot)
        await pilot.press("f")
        await until(pilot, "no action puts tg.targets-healthy right")
