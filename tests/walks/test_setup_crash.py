"""Steps of the set-up, killed with SIGKILL again and again, and taken up with the same answers."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runbook_tui.audit.journal import read
from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase, RunState, fold
from runbook_tui.core.verdict import Status
from tests.support.paced import paced
from tests.support.program import Done
from tests.support.simulator import ROOT, Running, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

STEPS = ("passwords", "github-provider", "vpc", "vpc-names", "repository", "log-group")
# Each is the event of what is done since the run was taken up: of the next process the next one.
DEATHS = (
    ("ActionPlanned", 1, "at-once"),  # of the passwords: nothing was confirmed
    ("CallStarted", 1, "next"),  # AWS did it, and nobody heard
    ("ActionConfirmed", 1, "at-once"),  # of the provider: nothing was begun
    ("CallFinished", 1, "at-once"),  # its end was not written down
    ("CallStarted", 2, "at-once"),  # of the VPC: one call of several was made
    ("StepLeft", 1, "at-once"),  # and the next step was not entered
    ("StepEntered", 2, "at-once"),  # of the repository
    ("CallStarted", 1, "at-once"),  # of the repository: it was never sent
    ("ActionFinished", 1, "at-once"),  # and its checks were not asked
    ("CallFinished", 1, "next"),  # of the log group: made, its retention not
)
SETTLED = {"passwords": "happened", "vpc": "not", "repository": "not", "log-group": "not"}


class Crashing:
    def __init__(self, simulator: Running, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.book = folder / "setup-part.yaml"
        self.book.write_text(json.dumps(_part()))
        self.answers = folder / "answers.yaml"
        change = {step: {"typed": "prod", "break_glass": "the first set-up"} for step in STEPS}
        self.answers.write_text(json.dumps({"change": change, "settle": SETTLED}))

    def walked(self) -> Done:
        return paced(self.simulator, self._words("run"), self.state_dir)

    def resumed(self) -> Done:
        return paced(self.simulator, self._words("resume"), self.state_dir)

    def killed(self, verb: str, event: str, nth: int, moment: str) -> None:
        words = [event, str(nth), moment, *self._words(verb)]
        done = paced(self.simulator, words, self.state_dir, "tests.support.killed")
        assert done.code == -signal.SIGKILL, (event, done.err)

    def undone(self) -> Done:
        words = ["undo", "latest", "--yes", "prod", "--break-glass", "once more", *self._place()]
        return paced(self.simulator, words, self.state_dir)

    def writes(self, verb: str) -> list[str]:
        """What was made, or deleted, since the world began; refused or not."""
        calls = self.simulator.control("GET", "trail")["calls"]
        return [one["operation"] for one in calls if one["operation"].startswith(verb)]

    @property
    def verdicts(self) -> dict[str, Status]:
        return {check: verdict.status for check, verdict in self.state.latest().items()}

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    @property
    def last(self) -> Path:
        return max((self.state_dir / "runs").glob("*.jsonl"))

    @property
    def state(self) -> RunState:
        return fold(read(self.last))

    def _words(self, verb: str) -> list[str]:
        what = ["run", str(self.book), "--env", "prod"] if verb == "run" else ["resume", "latest"]
        return [*what, "--headless", "--answers", str(self.answers), *self._place()]

    def _place(self) -> list[str]:
        return ["--site", str(self.simulator.site), "--state-dir", str(self.state_dir)]


def _part() -> dict[str, Any]:
    """The bundled runbook with these steps alone, one after the other."""
    book = yaml.safe_load((ROOT / "runbooks/setup.yaml").read_text())
    steps = {step["id"]: step for step in book["steps"]}
    kept = [{key: value for key, value in steps[name].items() if key not in ("next", "otherwise")} for name in STEPS]
    return {**book, "id": "setup-part", "steps": [*kept[:-1], {**kept[-1], "end": True}]}


@pytest.fixture
def crashing(tmp_path: Path) -> Iterator[Crashing]:
    with started("--scenario", "empty", "--speed", "0") as world:
        yield Crashing(world, tmp_path)


def test_killed_at_each_turn_it_ends_the_same(crashing: Crashing) -> None:
    """As often as it dies: the same things, each made once, with the same verdicts; and it can be taken back."""
    done = crashing.walked()
    assert done.code == 0, done.err
    undisturbed, created = crashing.verdicts, crashing.writes("Create")
    assert crashing.undone().code == 0
    deleted = crashing.writes("Delete")
    for number, (event, nth, moment) in enumerate(DEATHS):
        crashing.killed("resume" if number else "run", event, nth, moment)
    done = crashing.resumed()
    assert done.code == 0, done.err
    assert crashing.state.phase is Phase.FINISHED
    assert verify(crashing.last).ok
    assert crashing.verdicts == undisturbed
    assert crashing.writes("Create") == [*created, *created]
    assert crashing.undone().code == 0
    assert crashing.writes("Delete") == [*deleted, *deleted]
