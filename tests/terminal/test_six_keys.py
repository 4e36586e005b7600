"""From opening the program to the confirmed rollback, counted in keys."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml

from runbook_tui.audit.journal import read
from runbook_tui.core.change import Stage
from runbook_tui.core.change_events import ActionConfirmed
from runbook_tui.core.events import CheckFinished
from runbook_tui.core.state import RunState, fold
from tests.support.simulator import Running, started
from tests.support.terminal import Terminal, plain

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    """Prod answers its health checks with 503. Time passes only when the test says so."""
    with started("--speed", "0", faults=("targets-unhealthy",)) as running:
        running.advance(120)
        yield running


class Counted:
    """A terminal whose keys are counted, and the run that it walks."""

    def __init__(self, terminal: Terminal, folder: Path, simulator: Running) -> None:
        self.terminal = terminal
        self.keys = 0
        self._folder = folder
        self._simulator = simulator

    def press(self, *keys: str) -> None:
        self.keys += len(keys)
        self.terminal.press(*keys)

    @property
    def state(self) -> RunState:
        found = next((self._folder / "runs").glob("*.jsonl"), None)
        return fold(read(found)) if found else RunState()

    def answered(self, step: str) -> None:
        """Until every check of the step has answered; a query of the logs takes a second of the world's time."""

        def look(_text: str) -> bool:
            state = self.state
            if state.current == step and state.step.pending:
                self._simulator.advance(1)
            return state.current == step and not state.step.pending

        self.terminal.until(look)


@contextmanager
def opened(simulator: Running, folder: Path) -> Iterator[Counted]:
    """The program at a site that asks for no second person."""
    words = yaml.safe_load(simulator.site.read_text())
    words["operator"] = {**words.get("operator", {}), "approver_required_prod": False}
    site = folder / "site.yaml"
    site.write_text(yaml.safe_dump(words))
    site.chmod(0o600)
    terminal = Terminal(["--site", str(site), "--state-dir", str(folder)], plain(simulator.environment()))
    try:
        yield Counted(terminal, folder, simulator)
    finally:
        terminal.lose()
        for pointer in folder.glob("runs/*.host"):
            with suppress(ProcessLookupError):
                os.kill(json.loads(pointer.read_text())["pid"], signal.SIGTERM)


def confirmed(walk: Counted) -> None:
    """The call was made, of the plan that was on the glass, after every check before it had passed."""
    walk.terminal.until(lambda _: bool(walk.state.changes) and walk.state.changes[2].stage is Stage.DONE)
    state = walk.state
    assert state.current == "previous-revision"
    assert state.changes[2].plan is not None
    assert state.changes[2].plan.calls[0].operation == "update_service"
    (journal,) = walk._folder.glob("runs/*.jsonl")
    events = [entry.event for entry in read(journal)]
    before = events[: next(n for n, event in enumerate(events) if isinstance(event, ActionConfirmed))]
    passed = {event.check for event in before if isinstance(event, CheckFinished) and not event.verdict.blocks}
    assert {"roll.rollback-target", "secret.keys"} <= passed


def test_production_in_an_incident(simulator: Running, tmp_path: Path) -> None:
    """The home screen offers it first: r, Enter on the cause that was found likely, and the environment's name."""
    with opened(simulator, tmp_path) as walk:
        walk.terminal.until("Something fails in PROD. Roll it back.")
        walk.press("r")
        walk.answered("decide")
        walk.terminal.until("▸2 The bad release went out  ← likely")
        walk.press("enter")
        walk.terminal.until("Type prod to carry it out")
        walk.press(*"prod")
        confirmed(walk)
        assert walk.keys == 6


def test_staging(simulator: Running, tmp_path: Path) -> None:
    """r, its letter where nothing fails, Enter on the cause; a key confirms, and not one that was pressed too early."""
    with opened(simulator, tmp_path) as walk:
        walk.terminal.until("Something fails in PROD. Roll it back.")
        walk.press("tab", "r")
        walk.answered("decide")
        assert walk.state.environment == "staging"
        walk.terminal.until("▸2 The bad release went out  ← likely")
        walk.press("enter")
        walk.terminal.until("Enter carries it out")
        walk.terminal.press("enter")  # meant for what stood here before
        assert walk.state.changes[2].stage is Stage.PLANNED
        walk.terminal.until(lambda _: _pressed(walk))
        confirmed(walk)
        assert walk.keys <= 6


def _pressed(walk: Counted) -> bool:
    """Enter is heard after a moment."""
    if walk.state.changes[2].stage is Stage.PLANNED:
        walk.terminal.press("enter")
        return False
    walk.keys += 1
    return True
