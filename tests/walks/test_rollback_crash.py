"""A rollback that is killed at a boundary of its journal, and taken up again with the same answers."""

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase, fold
from tests.support.paced import often, paced
from tests.support.program import Done
from tests.support.simulator import Running
from tests.support.simulator import started as simulated
from tests.support.stepped import CLUSTER, PROD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

READS = ("Describe", "Get", "List", "Lookup", "Filter", "Start", "Batch", "Simulate")

AT_THE_CHANGE = ("ActionAsked", "ActionPlanned", "CallFinished", "ActionFinished", "WaitStarted")
CASES = [
    *((event, 1, "at-once") for event in ("RunStarted", *AT_THE_CHANGE, "WaitEnded")),
    ("ActionConfirmed", 1, "next"),
    ("CheckFinished", 30, "at-once"),
]


class Crashing:
    """Rolls production back to the release that it does not run, with what an absent operator has agreed to."""

    def __init__(self, simulator: Running, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.target = f"{PROD}:{1 if self._running().endswith(':2') else 2}"
        self._answers = folder / "answers.yaml"
        self.agree()
        self._before = self._writes()

    def agree(self, settle: str = "") -> None:
        consent = {"inputs": {"revision": self.target}, "typed": "prod", "break_glass": "nobody else is awake"}
        script: dict[str, Any] = {
            "answers": {"decide": "finished"},
            "change": {"previous-revision": consent},
            "accept": {"verify": "the last hour is of the bad release"},
            "confirm": {"close": "told"},
        }
        self._answers.write_text(json.dumps(script | ({"settle": {"previous-revision": settle}} if settle else {})))

    def killed(self, event: str, nth: int, moment: str) -> None:
        book = often("rollback", self.folder)
        words = [event, str(nth), moment, "run", str(book), "--env", "prod", *self._words()]
        done = paced(self.simulator, words, self.folder / "state", "tests.support.killed")
        assert done.code == -signal.SIGKILL, done.err

    def resumed(self) -> Done:
        return paced(self.simulator, ["resume", "latest", *self._words()], self.folder / "state")

    def made(self) -> list[str]:
        """What wrote in AWS since the beginning, refused or not."""
        return self._writes()[len(self._before) :]

    def ended_well(self) -> None:
        """Once to the release that was wanted, and nothing lies about."""
        (path,) = (self.folder / "state" / "runs").glob("*.jsonl")
        assert verify(path).ok
        state = fold(read(path))
        assert state.phase is Phase.FINISHED
        assert self._running().endswith(self.target)
        assert self.made() == ["UpdateService"]
        assert state.undo_stack
        assert sorted(one.name for one in path.parent.iterdir()) == [path.name]

    def _running(self) -> str:
        (service,) = self.simulator.client("ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"]
        return str(service["taskDefinition"])

    def _writes(self) -> list[str]:
        calls = self.simulator.control("GET", "trail")["calls"]
        own = [one["operation"] for one in calls if "." not in one["service"]]  # ECS registers targets by itself
        return [operation for operation in own if not operation.startswith(READS)]

    def _words(self) -> list[str]:
        site, state = str(self.simulator.site), str(self.folder / "state")
        return ["--headless", "--answers", str(self._answers), "--site", site, "--state-dir", state]


@pytest.fixture(scope="module")
def world() -> Iterator[Running]:
    with simulated() as running:
        yield running


@pytest.fixture
def crashing(world: Running, tmp_path: Path) -> Crashing:
    return Crashing(world, tmp_path)


@pytest.mark.parametrize(("event", "nth", "moment"), CASES)
def test_killed_where_nothing_is_in_doubt(crashing: Crashing, event: str, nth: int, moment: str) -> None:
    """The same answers lead the run to its end, and its one call is made once."""
    crashing.killed(event, nth, moment)
    done = crashing.resumed()
    assert done.code == 0, done.err
    crashing.ended_well()


@pytest.mark.parametrize("moment", ["at-once", "next"])
def test_killed_while_its_call_was_under_way(crashing: Crashing, moment: str) -> None:
    """The call is shown as in doubt; somebody says what became of it; then what lacks is made, and no more."""
    crashing.killed("CallStarted", 1, moment)
    made = crashing.made()
    for _ in range(2):
        asked = crashing.resumed()
        assert asked.code == 5, asked.err
        assert re.search(r"in doubt: ecs update_service.*settle: {previous-revision: happened}", asked.err, re.DOTALL)
        assert crashing.made() == made
    crashing.agree("happened" if made else "not")
    done = crashing.resumed()
    assert done.code == 0, done.err
    crashing.ended_well()
