"""Two people and one plan: the operator plans in production, a colleague approves, the operator confirms."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.core.change import Stage
from runbook_tui.core.state import RunState, fold
from tests.support.program import program
from tests.support.simulator import Running, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

RUNBOOK = """\
id: restart-now
title: Restart
family: maintenance
outcome: New tasks.
steps:
  - {id: restart, title: Restart the tasks, action: {use: ecs.restart}, end: true}
"""


class Two:
    """``walk`` is the operator's next try with these answers; ``run`` is the run it belongs to."""

    def __init__(self, simulator: Running, folder: Path) -> None:
        self.folder = folder
        self.where = ["--site", str(simulator.site), "--state-dir", str(folder / "state")]
        (folder / "restart.yaml").write_text(RUNBOOK)
        self.run = ""

    def walk(self, answers: str) -> tuple[int, str]:
        path = self.folder / "answers.yaml"
        path.write_text(answers)
        first = ["run", str(self.folder / "restart.yaml"), "--env", "prod"]
        done = program(
            [*(["resume", self.run] if self.run else first), "--headless", "--answers", str(path), *self.where]
        )
        told = re.search(r"^run (\S+)", done.out, re.MULTILINE)
        self.run = told[1] if told else self.run
        return done.code, done.err

    @property
    def state(self) -> RunState:
        return fold(read(self.folder / "state" / "runs" / f"{self.run}.jsonl"))


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    """Its own: a restart is seen by every check that looks at releases."""
    with started() as running:
        yield running


@pytest.fixture
def two(simulator: Running, tmp_path: Path) -> Two:
    return Two(simulator, tmp_path)


def test_nobody_approves_their_own_plan(two: Two) -> None:
    """The same identity on both sides is refused with 4, and nothing is changed."""
    two.walk("change: {restart: {typed: prod}}")
    digest = two.state.changes[1].digest
    own = program(["approve", digest, "--yes", *two.where])
    code, said = two.walk(f"change: {{restart: {{typed: prod, approval: {own.out.strip()}}}}}")
    assert code == 4
    assert "your own approval" in said
    assert two.state.changes[1].stage is Stage.PLANNED


@pytest.mark.parametrize(("code", "says"), [("xyz", "no code"), ("ab12", "no code"), ("ab" * 6, "no run in")])
def test_a_code_that_means_no_plan_is_refused(two: Two, code: str, says: str) -> None:
    """Letters, too few, or a plan that nobody has here."""
    done = program(["approve", code, "--yes", *two.where])
    assert done.code == 2
    assert says in done.err
    assert done.out == ""


def test_a_colleague_approves_and_the_change_is_made(two: Two) -> None:
    """Without approval the run waits (5); with the colleague's it goes on, and both stand in the journal."""
    code, said = two.walk("change: {restart: {typed: prod}}")
    assert code == 5, said
    digest = two.state.changes[1].digest
    approved = program(["approve", digest[:12], "--yes", "--profile", "asha.rao", *two.where])
    assert approved.code == 0, approved.err
    assert "Restart the tasks" in approved.err
    code, said = two.walk(f"change: {{restart: {{typed: prod, approval: {approved.out.strip()}}}}}")
    assert code == 0, said
    change = two.state.changes[1]
    assert change.stage is Stage.DONE
    assert change.approver.endswith(":user/asha.rao")
