"""The simulated repository, read by the product's own client through the simulator's own door."""

from collections.abc import Iterator

import pytest

from runbook_tui.aws.facts.github import GitHubFacts
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.simulator.faults import clear_fault, set_fault
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.github import github_of
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


def facts(simulator: Simulator) -> GitHubFacts:
    reader = github_of(load_site(simulator.site_path))
    assert reader is not None
    return GitHubFacts(reader)


def test_the_repository_is_the_site_s(simulator: Simulator) -> None:
    """Environments with names of their own, reviewers before prod, a workflow that can be read."""
    github = facts(simulator)
    prod, staging = github.environment("prod"), github.environment("staging")
    assert prod is not None
    assert staging is not None
    assert (prod.reviewers, staging.reviewers) == (("asha",), ())
    names = github.names_of("prod")
    assert names is not None
    assert names.variable("ECS_SERVICE") == "asharvi-backend-prod"
    run = github.last_run("main")
    assert run is not None
    text = github.file(run.path, "main")
    assert text is not None
    assert "docker push" in text
    assert github.environment("absent") is None


def test_a_failed_run(simulator: Simulator) -> None:
    """The fault fails prod's last run alone, and takes it back."""

    def conclusions() -> list[str | None]:
        github = facts(simulator)
        runs = (github.last_run(branch) for branch in ("staging", "main"))
        return [run.conclusion if run else None for run in runs]

    set_fault(simulator.world, "pipeline-failed")
    assert conclusions() == ["success", "failure"]
    clear_fault(simulator.world, "pipeline-failed")
    assert conclusions() == ["success", "success"]
