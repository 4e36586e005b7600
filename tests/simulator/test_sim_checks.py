"""The product's own checks against the simulated world."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.past import by_client, digests_in, lived, still_unwritten
from tests.support.simulator import ROOT, Running, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]  # each sweep asks everything, in a process of its own


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    """Its own: what other tests have done to the shared one, keys made and secrets written, is no healthy world."""
    with started() as running:
        yield running


@pytest.fixture(scope="module")
def state_dir(simulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has been used: reviews, a drill and statements are in its journals."""
    folder = tmp_path_factory.mktemp("state")
    lived(folder, datetime.now(UTC), digests_in(by_client(simulator.client("ecr"))))
    return folder


def _verdicts(simulator: Running, environment: str, state_dir: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", "check", "--env", environment, "--format", "json"],
        cwd=ROOT,
        env=simulator.environment()
        | {"RUNBOOK_TUI_SITE": str(simulator.site), "RUNBOOK_TUI_STATE_DIR": str(state_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    answer: Any = json.loads(done.stdout)
    asked = [each for each in answer["results"] if each["id"] not in still_unwritten()]
    return {each["id"]: each["status"] for each in asked if not _does_not_apply(each)}


def _does_not_apply(result: Any) -> bool:
    """Skipped for what the guide's own site has not chosen; what is blocked by another check is no such."""
    return result["status"] == "SKIP" and not result["because"].startswith("blocked by")


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_every_check_passes_in_the_healthy_world(simulator: Running, environment: str, state_dir: Path) -> None:
    """Not one warning: whatever a check asks, the seed has it right."""
    verdicts = _verdicts(simulator, environment, state_dir)
    assert len(verdicts) >= 45
    assert {name: status for name, status in verdicts.items() if status != "PASS"} == {}


def test_faults_fail_the_checks_that_they_are_about_and_no_others(simulator: Running, state_dir: Path) -> None:
    """Three at once, each with what follows from it."""
    with (
        simulator.fault("circuit-breaker-off"),
        simulator.fault("secret-key-missing"),
        simulator.fault("sg-port-closed"),
    ):
        verdicts = _verdicts(simulator, "prod", state_dir)
    assert {name: status for name, status in verdicts.items() if status != "PASS"} == {
        "deploy.image-new": "UNKNOWN",  # what the new tasks run is not known before they have pulled it
        "deploy.tasks-healthy": "WARN",
        "ecs.service.circuit-breaker": "FAIL",
        "ecs.service.running": "WARN",  # ECS is replacing them
        "secret.keys": "FAIL",
        "secret.env-distinct": "WARN",  # staging has the key
        "sg.ecs.ingress-app": "FAIL",
        "tg.targets-healthy": "FAIL",
        "probe.https": "FAIL",
        "smoke.endpoint": "FAIL",
        "db.app-reachability": "WARN",  # not ready, though the log says nothing of the database
        "maint.secrets-rotated": "WARN",  # the fault has put a new value, which no task has read
    }
