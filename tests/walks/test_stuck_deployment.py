"""The runbook for a deployment that is stuck, branch by branch on the simulated world."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase
from runbook_tui.simulator import faults
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.server import Simulator
from tests.support.released import released, running, without_breaker
from tests.support.stepped import PROD, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

WHY = "known"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "stuck-deployment")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def closed(walker: Walker) -> None:
    assert walker.at == "close"
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def test_a_deployment_without_room_gets_some(walker: Walker, simulator: Simulator) -> None:
    """The percentages are put right, and it goes on by itself."""
    faults.set_fault(simulator.world, "deployment-stuck")
    walker.pass_time(300)
    walker.go_on(WHY)
    walker.answer("no-room")
    walker.change()
    walker.go_on(WHY)
    walker.answer("moves")
    walker.waited()
    walker.go_on(WHY)
    closed(walker)


@pytest.mark.parametrize("kind", ["crashes", "not-ready", "cannot-start"])
def test_a_release_that_cannot_run_is_taken_back(walker: Walker, simulator: Simulator, kind: str) -> None:
    """Whatever it is, stopping brings the former release back."""
    before = running(simulator, PROD)
    without_breaker(simulator, PROD)
    released(simulator, PROD, "1.5.0", ImageBehaviour(ready_status=503))
    walker.pass_time(120)
    walker.go_on(WHY)
    walker.answer(kind)
    walker.go_on(WHY)
    walker.answer("back")
    walker.change()
    walker.waited()
    walker.go_on(WHY)
    assert running(simulator, PROD) == before
    closed(walker)


def test_what_is_still_stuck_is_watched_and_then_escalated(walker: Walker, simulator: Simulator) -> None:
    """Nobody who takes it over starts from nothing."""
    without_breaker(simulator, PROD)
    released(simulator, PROD, "1.5.0", ImageBehaviour(ready_status=503))
    walker.go_on(WHY)
    walker.answer("going-back")
    walker.timed_out()
    walker.otherwise()
    walker.answer("wait")
    walker.timed_out()
    walker.otherwise()
    walker.answer("escalate")
    walker.confirm(WHY)
    closed(walker)


@pytest.mark.parametrize("way", ["previous-revision", "escalate"])
def test_what_does_not_come_back_gets_a_revision(walker: Walker, simulator: Simulator, way: str) -> None:
    """Going back takes too long: a revision that was good is deployed, and when that hangs too somebody is called."""
    before = running(simulator, PROD)
    without_breaker(simulator, PROD)
    released(simulator, PROD, "1.5.0", ImageBehaviour(ready_status=503))
    walker.pass_time(60)
    walker.go_on(WHY)
    walker.answer("going-back")
    walker.timed_out()
    walker.otherwise()
    walker.answer("back")
    walker.change()
    walker.timed_out(0)
    walker.otherwise()
    assert walker.at == "previous-revision"
    walker.pass_time(600)
    walker.change(revision=f"{PROD}:1")
    if way == "escalate":
        walker.timed_out(0)
        walker.otherwise()
        walker.confirm()
    else:
        walker.waited()
        walker.go_on(WHY)
        assert running(simulator, PROD) != before
    closed(walker)


@pytest.mark.parametrize("kind", ["draining", "unclear"])
def test_what_only_takes_long_is_looked_at_again(walker: Walker, kind: str) -> None:
    """And escalated when it is nothing that anybody knows."""
    walker.go_on()
    walker.answer(kind)
    if kind == "draining":
        walker.go_on()
    walker.answer("look-again")
    assert walker.at == "evidence"
    walker.go_on()
    walker.answer("unclear")
    walker.answer("escalate")
    walker.confirm()
    closed(walker)


def test_a_hook_that_does_not_wait_is_not_answered(walker: Walker) -> None:
    """The step says so, and is skipped."""
    walker.go_on()
    walker.answer("hook")
    assert "no hook" in walker.acting.planned().reason
    walker.skip("it waits for nothing")
    assert walker.at == "decide"
