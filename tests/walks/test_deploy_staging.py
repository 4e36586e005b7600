"""The runbook of a staging release on the simulated world, branch by branch."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from runbook_tui.audit.verify import verify
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.state import Phase
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.pipelines.state import Pipelines
from runbook_tui.simulator.server import Simulator
from tests.support.pipelines import with_pipelines
from tests.support.released import STAGING, pushed, released, running, without_breaker
from tests.support.stepped import stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PIPELINE = "backend-staging"
NEW = "1.5.0"
WHY = "known, and no reason to wait"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "deploy-staging", "staging")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def closed(walker: Walker) -> None:
    assert walker.at == "close"
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def test_a_pushed_release_goes_out(walker: Walker, simulator: Simulator) -> None:
    """The pipeline brings it; it is scanned, watched, asked, left alone for ten minutes, and closed."""
    walker.answer("push")
    released(simulator, STAGING, NEW)
    walker.pass_time(60)
    walker.confirm(WHY)
    walker.answer("never")
    walker.idle()  # the scan on push was made
    assert walker.at == "scan"
    walker.answer("accepted")
    walker.waited()
    walker.go_on(WHY)
    assert walker.at == "smoke"
    walker.go_on(WHY)
    walker.pass_time(600)
    assert walker.at == "bake"
    walker.confirm(WHY)
    closed(walker)


def test_without_a_pipeline_the_image_is_deployed_here(walker: Walker, simulator: Simulator) -> None:
    """A copy of the revision with the new image is what runs; back, the former one runs again."""
    pushed(simulator, STAGING, NEW)
    walker.pass_time(60)
    before = running(simulator, STAGING)
    walker.answer("by-hand")
    walker.answer("accepted")
    made = walker.change(tag=NEW)
    assert running(simulator, STAGING) != before
    assert walker.acting.undone(made.number).undoes == made.number
    assert running(simulator, STAGING) == before
    walker.pass_time(600)
    walker.change(tag=NEW)
    walker.go_on(WHY)
    assert walker.at == "watch"
    walker.waited()
    walker.go_on(WHY)
    assert walker.at == "smoke"


def test_a_release_that_crashes_is_taken_back_by_ecs(walker: Walker, simulator: Simulator) -> None:
    """It is watched, watched on, and the breaker goes back; the former release serves at the end."""
    before = running(simulator, STAGING)
    released(simulator, STAGING, NEW, ImageBehaviour(crash_after=4.0))
    walker.answer("running")
    walker.watched()
    walker.otherwise()
    walker.answer("wait")
    walker.otherwise()
    assert walker.at == "trouble"
    walker.answer("going-back")
    walker.waited()
    walker.go_on(WHY)
    assert running(simulator, STAGING) == before
    closed(walker)


@pytest.mark.parametrize("way", ["gate", "findings", "trouble"])
def test_a_deployment_is_stopped(walker: Walker, simulator: Simulator, way: str) -> None:
    """Before anything else, because of its findings, or because it fails: the former release serves at the end."""
    before = running(simulator, STAGING)
    without_breaker(simulator, STAGING)
    released(simulator, STAGING, NEW, ImageBehaviour(ready_status=503))
    walker.pass_time(60)
    if way == "gate":
        walker.answer("stop")
    elif way == "findings":
        walker.answer("push")
        walker.confirm(WHY)
        walker.answer("rejected")
    else:
        walker.answer("running")
        walker.watched()
        walker.otherwise()
        walker.answer("stop")
    walker.change()
    walker.go_on(WHY)
    walker.waited()
    walker.go_on(WHY)
    assert running(simulator, STAGING) == before
    closed(walker)


def test_a_deployment_that_is_stuck_is_for_another_runbook(walker: Walker, simulator: Simulator) -> None:
    """This one is closed."""
    released(simulator, STAGING, NEW, ImageBehaviour(ready_status=503))
    walker.answer("running")
    walker.watched()
    walker.otherwise()
    walker.answer("stuck")
    closed(walker)


@pytest.fixture
def unanswered(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    """A release that is healthy, up to its smoke test, which asks for what is not there."""
    site = load_site(simulator.site_path)
    walking = Walker(
        simulator, tmp_path, "deploy-staging", "staging", replace(site, app=replace(site.app, smoke_path="/absent"))
    )
    released(simulator, STAGING, NEW)
    walking.answer("running")
    walking.waited()
    walking.go_on(WHY)
    walking.otherwise()
    yield walking
    walking.close()


def test_a_release_that_does_not_answer_well_is_left(unanswered: Walker, simulator: Simulator) -> None:
    """Asked again, it answers as badly; the release before it is deployed."""
    unanswered.answer("again")
    unanswered.otherwise()
    unanswered.answer("back")
    unanswered.change(revision=f"{STAGING}:2")
    unanswered.waited()
    unanswered.go_on(WHY)
    assert running(simulator, STAGING).endswith(":2")
    closed(unanswered)


def test_a_release_that_does_not_answer_well_is_kept(unanswered: Walker) -> None:
    """Staging may be looked into."""
    unanswered.answer("keep")
    closed(unanswered)


def test_findings_end_a_release_that_nothing_has_begun(walker: Walker) -> None:
    """And so does a gate that is not green."""
    walker.answer("by-hand")
    walker.answer("rejected")
    closed(walker)


def test_not_now(walker: Walker) -> None:
    """A gate that is not green ends the run."""
    walker.answer("not-now")
    closed(walker)


@pytest.fixture
def by_codepipeline(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    site = with_pipelines(simulator)
    walking = Walker(simulator, tmp_path, "deploy-staging", "staging", site)
    yield walking
    walking.close()


def test_a_pipeline_is_started_here(by_codepipeline: Walker, simulator: Simulator) -> None:
    """It builds, tests and deploys; once started it is not started again."""
    before = running(simulator, STAGING)
    by_codepipeline.answer("codepipeline")
    by_codepipeline.change()
    by_codepipeline.go_on(WHY)
    by_codepipeline.pass_time(240)
    by_codepipeline.confirm(WHY)
    by_codepipeline.answer("accepted")
    by_codepipeline.waited()
    assert running(simulator, STAGING) != before


@pytest.mark.parametrize("way", ["half-way", "give-up"])
def test_a_pipeline_that_fails(by_codepipeline: Walker, simulator: Simulator, way: str) -> None:
    """It says where, and is begun again; the second time it is watched, or given up."""
    simulator.world.store(Pipelines).broken[PIPELINE, "Build"] = "Build terminated with state: FAILED"
    for answer in ("again", way):
        by_codepipeline.answer("codepipeline")
        by_codepipeline.change()
        by_codepipeline.go_on(WHY)
        by_codepipeline.pass_time(240)
        by_codepipeline.watched()
        assert "Build terminated" in by_codepipeline.state.step.verdicts["cicd.last-run"].because
        by_codepipeline.otherwise()
        by_codepipeline.answer(answer)
    assert by_codepipeline.at == {"half-way": "watch", "give-up": "close"}[way]
