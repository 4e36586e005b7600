"""``runbook-tui check`` against the simulated AWS, as a process."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.program import Done, program
from tests.support.simulator import Running

pytestmark = pytest.mark.slow
BREAKER = "ecs.service.circuit-breaker"


class Desk:
    """A site file of its own on the shared simulator."""

    def __init__(self, simulator: Running, folder: Path) -> None:
        self.folder = folder
        self.environ = simulator.environment()
        self.where = ["--site", str(folder / "runbook-tui.yaml"), "--state-dir", str(folder / "state")]
        shutil.copy(simulator.site, folder / "runbook-tui.yaml")

    def check(self, *words: str) -> Done:
        return program(["check", *self.where, "--env", "prod", *words], self.environ)

    def waive(self) -> None:
        until = datetime.now(UTC).date() + timedelta(days=30)
        item = f"{{check: {BREAKER}, environment: prod, reason: ticket 7, owner: asha, expires: {until}}}"
        (self.folder / "waivers.yaml").write_text(f"- {item}\n")


@pytest.fixture
def desk(simulator: Running, tmp_path: Path) -> Desk:
    return Desk(simulator, tmp_path)


def test_a_new_failure_fails_against_a_baseline(simulator: Running, desk: Desk) -> None:
    """Saved while all is well, for its owner alone; what fails since then is told and exits with 1."""
    fine = str(desk.folder / "fine.json")
    assert desk.check("ecs.service.*", "--save", fine).code == 0
    assert Path(fine).stat().st_mode & 0o777 == 0o600
    with simulator.fault("circuit-breaker-off"):
        told = desk.check("--section", "5", "--failed", "--baseline", fine)
    assert (told.code, "1 new" in told.out, "pass → fail" in told.out) == (1, True, True)


def test_a_known_failure_does_not(simulator: Running, desk: Desk) -> None:
    """Saved while it is broken, --failed or not: it counts no more, and putting it right is told."""
    broken = str(desk.folder / "broken.json")
    with simulator.fault("circuit-breaker-off"):
        assert desk.check("--section", "5", "--failed", "--save", broken).code == 1
        assert desk.check("--section", "5", "--baseline", broken).code == 0
    told = desk.check("--section", "5", "--baseline", broken)
    assert (told.code, "1 fixed" in told.out) == (0, True)


def test_a_waived_failure_does_not_fail_the_check(simulator: Running, desk: Desk) -> None:
    """It is counted apart, in every format, and nothing else is excused."""
    desk.waive()
    with simulator.fault("circuit-breaker-off"):
        told = desk.check(BREAKER, "--format", "json")
        found = json.loads(told.out)
        assert (told.code, found["waived"], found["summary"]["FAIL"]) == (0, 1, 1)
        assert found["results"][0]["waiver"]["owner"] == "asha"
        assert program(["check", *desk.where, BREAKER, "--format", "junit"], desk.environ).code == 0
    (desk.folder / "waivers.yaml").write_text("- {check: no.such}\n")
    assert desk.check(BREAKER).code == 2


def test_sarif_names_the_site_file_and_every_rule(simulator: Running, desk: Desk) -> None:
    """Ready for code scanning: the failure is a result at the site file."""
    with simulator.fault("circuit-breaker-off"):
        told = desk.check("--section", "5", "--format", "sarif")
    (run,) = json.loads(told.out)["runs"]
    (found,) = run["results"]
    assert (found["ruleId"], found["level"]) == (BREAKER, "error")
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("runbook-tui.yaml")
    assert all(rule["shortDescription"]["text"] != rule["id"] for rule in run["tool"]["driver"]["rules"])


def test_a_watch_ends_with_ctrl_c_and_its_last_exit_code(simulator: Running, desk: Desk) -> None:
    """The lines come as they happen, through a pipe too; the exit code is that of the last sweep."""
    words = [sys.executable, "-m", "runbook_tui", "check", *desk.where, "--env", "prod", BREAKER, "--watch=1"]
    with (
        subprocess.Popen(
            [*words, "--format", "json"], env=desk.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process,
        simulator.fault("circuit-breaker-off"),
    ):
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        while found["status"] == "PASS":  # the fault may have come after the first sweep
            found = json.loads(process.stdout.readline())
        os.kill(process.pid, signal.SIGINT)
        assert (found["id"], found["status"]) == (BREAKER, "FAIL")
        assert process.wait(20) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--section", "77"],
        ["ecs.cluster.*", "--section", "2"],
        ["--watch=1", "--format", "junit"],
        ["--baseline", "none.json"],
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Desk, words: list[str]) -> None:
    """A section without checks, a combination that fits none, a format that a watch cannot print, no such file."""
    told = desk.check(*words)
    assert (told.code, told.out) == (2, "")


def test_statements_are_made_as_whoever_is_signed_in(desk: Desk) -> None:
    """The operator's name comes from STS; the journal of statements verifies like any other."""
    words = ["ecs.service.steady", "--env", "prod", "--text", "seen", "--expires", "90d"]
    assert program(["attest", "add", *desk.where, *words], desk.environ).code == 0
    listed = program(["attest", *desk.where, "list"], desk.environ)
    assert listed.code == 0
    assert "ecs.service.steady  prod" in listed.out
    state = str(desk.folder / "state")
    verified = program(["audit", "verify", "--state-dir", state], desk.environ)
    assert (verified.code, "attestations  1 entries" in verified.out) == (0, True)
