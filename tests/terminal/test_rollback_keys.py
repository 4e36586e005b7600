"""Production rolled back in a real terminal, keys only, as somebody on call would."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.audit.verify import verify
from runbook_tui.core.change import Stage
from runbook_tui.core.state import Phase, RunState, WaitPhase, fold
from tests.support.simulator import Running, started
from tests.support.stepped import CLUSTER, PROD
from tests.support.terminal import Terminal, plain

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def simulator() -> Iterator[Running]:
    """Its own: production has another release afterwards."""
    with started() as running:
        yield running


@pytest.fixture
def terminal(simulator: Running, tmp_path: Path) -> Iterator[Terminal]:
    words = ["--site", str(simulator.site), "--state-dir", str(tmp_path)]
    opened = Terminal(words, plain(simulator.environment()))
    yield opened
    opened.lose()
    for pointer in tmp_path.glob("runs/*.host"):
        with suppress(ProcessLookupError):
            os.kill(json.loads(pointer.read_text())["pid"], signal.SIGTERM)


def state_of(folder: Path) -> RunState:
    found = next(iter((folder / "runs").glob("*.jsonl")), None)
    return fold(read(found)) if found else RunState()


def service(simulator: Running) -> Any:
    return simulator.client("ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"][0]


def test_production_is_rolled_back_with_keys_alone(simulator: Running, terminal: Terminal, tmp_path: Path) -> None:
    """From the home screen to the former release, its report of who did it alone and why, and the world as it should
    be; nothing is sent before the word was typed."""
    before = service(simulator)
    terminal.choose_runbook("Roll a service back")
    terminal.until("production: real users")
    terminal.press("p")
    terminal.until(lambda _: state_of(tmp_path).current == "decide" and not state_of(tmp_path).step.pending)
    assert state_of(tmp_path).environment == "prod"
    terminal.press("2")
    terminal.until("Type prod")
    terminal.type("staging")
    terminal.press("enter")
    terminal.until("nothing was changed")
    assert service(simulator)["taskDefinition"] == before["taskDefinition"]
    for _ in "staging":
        terminal.press("\x7f")
    terminal.type("prod")
    terminal.until("A second person has to approve")
    terminal.press("g")
    terminal.type("nobody answers the phone")
    terminal.press("enter")
    terminal.until(lambda _: state_of(tmp_path).step.wait is not WaitPhase.NONE)
    while state_of(tmp_path).step.wait is WaitPhase.WAITING:
        terminal.until(lambda _: not state_of(tmp_path).step.pending)
        simulator.advance(300)  # time enough for a deployment
        terminal.press("r")
        terminal.until(lambda _: not state_of(tmp_path).step.pending)
    terminal.press("enter")
    terminal.until(lambda _: state_of(tmp_path).current == "verify" and not state_of(tmp_path).step.pending)
    after = service(simulator)
    assert after["taskDefinition"] != before["taskDefinition"]
    assert after["desiredCount"] == before["desiredCount"]
    change = state_of(tmp_path).changes[max(state_of(tmp_path).changes)]
    assert change.stage is Stage.DONE
    assert change.break_glass == "nobody answers the phone"
    assert state_of(tmp_path).phase is Phase.RUNNING
    (journal,) = (tmp_path / "runs").glob("*.jsonl")
    assert verify(journal).ok
