"""The answers file as it is printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.core.state import Phase, RunState, fold
from tests.support.paced import often, paced
from tests.support.program import Done, program
from tests.support.simulator import Running, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def world() -> Iterator[Running]:
    with started() as running:
        yield running


def printed(world: Running, folder: Path, runbook: str, environment: str) -> Path:
    words = ["run", runbook, "--env", environment, "--answers-template", "--site", str(world.site)]
    done = program([*words, "--state-dir", str(folder / "state")])
    assert done.code == 0, done.err
    assert not (folder / "state").exists()
    path = folder / "answers.yaml"
    path.write_text(done.out)
    return path


def walked(world: Running, folder: Path, runbook: str, environment: str, answers: Path) -> tuple[Done, RunState]:
    words = ["run", str(often(runbook, folder)), "--env", environment, "--headless", "--answers", str(answers)]
    done = paced(world, [*words, "--site", str(world.site), "--state-dir", str(folder / "state")], folder / "state")
    (journal,) = (folder / "state" / "runs").glob("*.jsonl")
    return done, fold(read(journal))


@pytest.mark.parametrize(("runbook", "environment"), [("validation", "prod"), ("rollback", "staging")])
def test_it_walks_the_straight_way(world: Running, tmp_path: Path, runbook: str, environment: str) -> None:
    """Nothing has to be filled in for a world that is well; printing it starts no run."""
    done, state = walked(world, tmp_path, runbook, environment, printed(world, tmp_path, runbook, environment))
    assert done.code == 0, done.err
    assert state.phase is Phase.FINISHED
    assert len(state.undo_stack) == (runbook == "rollback")


def test_in_production_a_second_person_is_still_asked(world: Running, tmp_path: Path) -> None:
    """The file cannot approve for anybody: the run waits with its plan, and nothing is made."""
    done, state = walked(world, tmp_path, "rollback", "prod", printed(world, tmp_path, "rollback", "prod"))
    assert done.code == 5
    assert "second person" in done.err
    assert not state.undo_stack
