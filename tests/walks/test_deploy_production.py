"""The runbook of a production release on the simulated world, branch by branch."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from runbook_tui.audit.verify import verify
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.state import Phase
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.operations import route53_records
from runbook_tui.simulator.server import Simulator
from tests.support.pipelines import with_pipelines
from tests.support.released import pushed, released, running, without_breaker
from tests.support.stepped import PROD, stepped
from tests.support.walker import Walker
from tests.support.weighted import routed_by_weights, weights

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

NEW = "1.5.0"
WHY = "known, and no reason to wait"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "deploy-production")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def closed(walker: Walker) -> None:
    assert walker.at == "close"
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def baked(walker: Walker) -> None:
    """From a deployment under way to the end of the run."""
    walker.waited()
    walker.go_on(WHY)
    walker.answer("all")
    walker.pass_time(900)
    walker.confirm(WHY)
    walker.go_on(WHY)
    closed(walker)


def test_an_image_is_deployed_watched_and_baked(walker: Walker, simulator: Simulator) -> None:
    """Without a pipeline; nothing but the image changes."""
    pushed(simulator, PROD, NEW)
    before = running(simulator, PROD)
    walker.answer("by-hand")
    walker.change(tag=NEW)
    walker.go_on(WHY)
    assert running(simulator, PROD) != before
    baked(walker)


@pytest.mark.parametrize(("end", "at"), [("approved", "watch"), ("rejected", "close")])
def test_a_merge_is_approved_or_not(walker: Walker, end: str, at: str) -> None:
    """Elsewhere, by a second person."""
    walker.answer("merge")
    walker.answer(end)
    assert walker.at == at


@pytest.mark.parametrize(("way", "at"), [("half-way", "watch"), ("give-up", "close")])
def test_a_pipeline_that_failed(walker: Walker, way: str, at: str) -> None:
    """It is begun again; the second time it is watched, or given up."""
    for answer in ("again", way):
        walker.answer("merge")
        walker.answer("failed")
        walker.answer(answer)
    assert walker.at == at


def test_not_now(walker: Walker) -> None:
    """An image that did not pass on staging ends the run."""
    walker.answer("not-now")
    closed(walker)


@pytest.fixture
def by_codepipeline(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "deploy-production", site=with_pipelines(simulator))
    walking.answer("codepipeline")
    walking.change()
    walking.go_on(WHY)
    walking.pass_time(300)
    yield walking
    walking.close()


def test_a_run_is_approved_here(by_codepipeline: Walker, simulator: Simulator) -> None:
    """Only then a new revision is deployed."""
    before = running(simulator, PROD)
    by_codepipeline.answer("waits")
    by_codepipeline.change(summary="tests are green, staging was good")
    by_codepipeline.go_on(WHY)
    by_codepipeline.pass_time(60)
    assert running(simulator, PROD) != before
    baked(by_codepipeline)


def test_a_run_is_rejected_here(by_codepipeline: Walker, simulator: Simulator) -> None:
    """Nothing of it is deployed."""
    before = running(simulator, PROD)
    by_codepipeline.answer("reject")
    by_codepipeline.change(summary="another image passed on staging")
    by_codepipeline.go_on(WHY)
    assert running(simulator, PROD) == before
    closed(by_codepipeline)


def test_a_run_that_failed_is_looked_into(by_codepipeline: Walker) -> None:
    """Before it came to its approval."""
    by_codepipeline.answer("failed")
    assert by_codepipeline.at == "pipeline-failed"


def test_a_deployment_that_fails_is_stopped(walker: Walker, simulator: Simulator) -> None:
    """After it was watched on once; the former release serves at the end."""
    before = running(simulator, PROD)
    without_breaker(simulator, PROD)
    released(simulator, PROD, NEW, ImageBehaviour(ready_status=503))
    walker.answer("running")
    walker.timed_out(3)
    walker.otherwise()
    walker.answer("wait")
    walker.timed_out(1)
    walker.otherwise()
    walker.answer("stop")
    walker.change()
    walker.go_on(WHY)
    walker.waited()
    walker.go_on(WHY)
    assert running(simulator, PROD) == before
    closed(walker)


def test_ecs_goes_back_by_itself(walker: Walker, simulator: Simulator) -> None:
    """The breaker triggers; it is only watched."""
    before = running(simulator, PROD)
    released(simulator, PROD, NEW, ImageBehaviour(crash_after=4.0))
    walker.answer("running")
    walker.watched()
    walker.otherwise()
    walker.answer("going-back")
    walker.waited()
    walker.go_on(WHY)
    assert running(simulator, PROD) == before
    closed(walker)


@pytest.mark.parametrize(("way", "at"), [("on", "watch"), ("back", "gone-back")])
def test_a_hook_that_does_not_wait(walker: Walker, simulator: Simulator, way: str, at: str) -> None:
    """The step is skipped, and the way goes on or back."""
    released(simulator, PROD, NEW)
    walker.answer("running")
    walker.timed_out(0)
    walker.otherwise()
    walker.answer("hook")
    assert "no hook" in walker.acting.planned().reason
    walker.skip("it waits for nothing")
    walker.answer(way)
    assert walker.at == at


@pytest.fixture
def unanswered(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    """A release that is healthy, up to what follows; its smoke test asks for what is not there."""
    site = load_site(simulator.site_path)
    site = replace(site, app=replace(site.app, smoke_path="/absent"))
    walking = Walker(simulator, tmp_path, "deploy-production", site=site)
    released(simulator, PROD, NEW)
    walking.answer("running")
    walking.waited()
    walking.go_on(WHY)
    yield walking
    walking.close()


def test_a_release_that_went_out_is_replaced(unanswered: Walker, simulator: Simulator) -> None:
    """Looked at twice, it is as bad; the one before it serves at the end."""
    unanswered.answer("all")
    unanswered.otherwise()
    unanswered.answer("again")
    unanswered.otherwise()
    unanswered.answer("back")
    unanswered.change(revision=f"{PROD}:2")
    unanswered.go_on(WHY)
    unanswered.waited()
    unanswered.go_on(WHY)
    assert running(simulator, PROD).endswith(":2")
    closed(unanswered)


@pytest.fixture
def weighted(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walker]:
    """A second stack beside the one that has all requests, up to the question how they come."""
    monkeypatch.setattr(route53_records, "_SPREADING", 0.0)
    walking = Walker(simulator, tmp_path, "deploy-production", site=routed_by_weights(simulator, blue=100, green=0))
    walking.answer("running")
    walking.go_on(WHY)
    walking.answer("weights")
    yield walking
    walking.close()


def shifted(walker: Walker, to: str, share: str) -> None:
    walker.change(to=to, share=share)
    walker.waited()
    walker.go_on(WHY)


def test_traffic_is_shifted_step_by_step(weighted: Walker, simulator: Simulator) -> None:
    """The first step fails and the former stack has it all again; then ten, fifty, a hundred percent, and the bake."""
    shifted(weighted, "green", "10")
    weighted.answer("fails")
    shifted(weighted, "blue", "100")
    assert weights(simulator) == {"blue": 100, "green": 0}
    assert weighted.at == "trouble"
    weighted.answer("wait")
    weighted.go_on(WHY)
    weighted.answer("weights")
    for share, answer in (("10", "more"), ("50", "more"), ("100", "all")):
        shifted(weighted, "green", share)
        assert weights(simulator) == {"blue": 100 - int(share), "green": int(share)}
        weighted.answer(answer)
    assert weighted.at == "bake"
