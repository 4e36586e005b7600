"""The base image patched on the simulated world: built anew, compared, released on staging, handed on to production."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.ecr.scans import look_again
from runbook_tui.simulator.ecr.vulnerabilities import GRAVE, Disclosed
from runbook_tui.simulator.server import Simulator
from tests.support.released import STAGING, pushed, released
from tests.support.stepped import stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

BOOK = "base-image"
WHY = "as agreed"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, BOOK, "staging")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def closed(walker: Walker) -> None:
    assert walker.at == "close"
    walker.confirm(WHY)
    assert walker.state.phase is Phase.FINISHED


def test_nothing_comes_and_nothing_is_better(walker: Walker) -> None:
    """Without a new image the wait times out; it is built once more, or left. What was scanned need not be again."""
    walker.answer("scan")
    walker.go_on()
    assert walker.at == "scanned"
    walker.answer("upgrade")
    walker.confirm(WHY)
    assert walker.at == "rebuild"
    walker.timed_out(minutes=1)
    walker.otherwise()
    walker.answer("again")
    walker.timed_out(minutes=1)
    walker.otherwise()
    walker.answer("stop")
    closed(walker)


def test_a_patched_image_goes_to_staging_and_on(walker: Walker, simulator: Simulator) -> None:
    """It comes, it is no worse, it runs; a new major line waits a day more."""
    walker.answer("patch")
    released(simulator, STAGING, "1.6.0")
    walker.pass_time(300)
    walker.waited(minutes=2)
    walker.go_on()
    assert walker.at == "compare"
    walker.waited(minutes=5)
    assert walker.state.step.verdicts["image.findings"].status is Status.PASS
    walker.go_on()
    assert walker.at == "staging"
    walker.answer("major")
    walker.confirm(WHY)
    assert walker.at == "proven"
    walker.go_on(WHY)
    walker.answer("good")
    closed(walker)


def test_a_worse_image_is_not_released_unless_somebody_says_why(walker: Walker, simulator: Simulator) -> None:
    """Every way that leads back or out, while the scan of the new image finds more than the old one's."""
    walker.answer("patch")
    digest = pushed(simulator, STAGING, "1.7.0")
    with simulator.world.lock:
        simulator.world.store(Disclosed).of[STAGING, digest] = GRAVE
    walker.pass_time(300)
    with simulator.world.lock:
        look_again(simulator.world, STAGING, digest)
    walker.waited(minutes=1)
    for answer, to in (("again", "compare"), ("rebuild", "rebuild")):
        to_the_worse(walker)
        walker.answer(answer)
        assert walker.at == to
    to_the_worse(walker)
    walker.answer("accept", "no route leads to it; until March")
    assert walker.at == "staging"
    walker.answer("bad")
    to_the_worse(walker)
    walker.answer("accept", WHY)
    walker.answer("good")
    walker.go_on(WHY)
    walker.answer("bad")
    to_the_worse(walker)
    walker.answer("accept", WHY)
    walker.answer("good")
    walker.go_on(WHY)
    walker.answer("later", "Asha, on Tuesday")
    closed(walker)


@pytest.mark.parametrize("way", ["staging", "worse"])
def test_it_is_stopped_on_the_way(walker: Walker, way: str) -> None:
    """With an owner, and nothing released."""
    walker.answer("patch")
    walker.waited(minutes=1)
    to_the_worse(walker)
    if way == "staging":
        walker.answer("accept", WHY)
    walker.answer("stop")
    closed(walker)


def to_the_worse(walker: Walker) -> None:
    """From the image that is there to what its scan has found."""
    if walker.at == "rebuild":
        walker.waited(minutes=1)
        walker.go_on()
    assert walker.state.step.verdicts["image.findings"].status is Status.FAIL
    walker.otherwise()
    assert walker.at == "worse"
