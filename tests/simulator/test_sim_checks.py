"""The product's own checks against the simulated world."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.simulator import ROOT, Running

pytestmark = pytest.mark.slow


def _verdicts(simulator: Running, environment: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", "check", "--env", environment, "--format", "json"],
        cwd=ROOT,
        env=simulator.environment() | {"RUNBOOK_TUI_SITE": str(simulator.site)},
        capture_output=True,
        text=True,
        check=False,
    )
    answer: Any = json.loads(done.stdout)
    return {each["id"]: each["status"] for each in answer["results"] if not _does_not_apply(each)}


def _does_not_apply(result: Any) -> bool:
    """Skipped for what the guide's own site has not chosen; what is blocked by another check is no such."""
    return result["status"] == "SKIP" and not result["because"].startswith("blocked by")


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_every_check_passes_in_the_healthy_world(simulator: Running, environment: str) -> None:
    """Not one warning: whatever a check asks, the seed has it right."""
    verdicts = _verdicts(simulator, environment)
    assert len(verdicts) >= 45
    assert {name: status for name, status in verdicts.items() if status != "PASS"} == {}


def test_faults_fail_the_checks_that_they_are_about_and_no_others(simulator: Running) -> None:
    """Three at once, each with what follows from it."""
    with (
        simulator.fault("circuit-breaker-off"),
        simulator.fault("secret-key-missing"),
        simulator.fault("sg-port-closed"),
    ):
        verdicts = _verdicts(simulator, "prod")
    assert {name: status for name, status in verdicts.items() if status != "PASS"} == {
        "ecs.service.circuit-breaker": "FAIL",
        "ecs.service.running": "WARN",  # ECS is replacing them
        "secret.keys": "FAIL",
        "sg.ecs.ingress-app": "FAIL",
        "tg.targets-healthy": "FAIL",
        "probe.https": "FAIL",
        "smoke.endpoint": "FAIL",
    }
