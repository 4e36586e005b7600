"""What a drill cut is whole again when its program ends, however it ends: real processes, a real socket."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runbook_tui.audit.journal import read
from runbook_tui.audit.verify import verify
from runbook_tui.core.change_commands import ConfirmPlan, PlanAction
from runbook_tui.core.commands import Proceed
from runbook_tui.core.state import Phase, RunState, WaitPhase, fold
from runbook_tui.core.temporary import standing
from tests.support.borders import look
from tests.support.screen import Host, Screen
from tests.support.simulator import ROOT, Running, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

BOOK = """
id: short-drill
title: A drill without its checks
family: dr
outcome: All is as it was.
steps:
  - {id: inject, title: Cut, action: {use: drill.cut-database}}
  - {id: watch, title: Watch, wait: {until: [maint.dr-leftovers], timeout: 10m, every: 1s}}
  - {id: restore, title: Restore, restores: true}
  - {id: close, title: Close, end: true}
"""
CONSENT = {"inputs": {"method": "nacl"}, "typed": "prod", "break_glass": "practice"}


class Ground:
    """The simulated world, its network as it was, and a site that allows drills in production."""

    def __init__(self, simulator: Running, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.state_dir = folder / "state"
        self.book = folder / "short-drill.yaml"
        self.book.write_text(BOOK)
        self.answers = folder / "answers.yaml"
        self.answers.write_text(json.dumps({"change": {"inject": CONSENT}}))
        site = yaml.safe_load(simulator.site.read_text())
        self.site = folder / "runbook-tui.yaml"
        self.site.write_text(yaml.safe_dump(site | {"dr": {"allowed_env": "prod"}}))
        self.site.chmod(0o600)
        self.before = self.network()

    def network(self) -> Any:
        return look(self.simulator.client("ec2"))

    def run(self) -> RunState:
        """The first that was walked here."""
        path = min((self.state_dir / "runs").glob("*.jsonl"))
        assert verify(path).ok
        return fold(read(path))

    def watching(self) -> bool:
        """The database is cut off, and the run waits."""
        journals = list((self.state_dir / "runs").glob("*.jsonl"))
        return bool(journals) and fold(read(min(journals))).step.wait is WaitPhase.WAITING

    def whole(self) -> None:
        assert self.network() == self.before
        assert standing(self.run()) is None


@pytest.fixture(scope="module")
def world() -> Iterator[Running]:
    with started() as running:
        yield running


@pytest.fixture
def ground(world: Running, tmp_path: Path) -> Ground:
    return Ground(world, tmp_path)


@pytest.fixture
def hosts(ground: Ground) -> Iterator[list[Host]]:
    running: list[Host] = []
    yield running
    for one in running:
        one.end()
    assert ground.network() == ground.before


def cut(ground: Ground, hosts: list[Host]) -> tuple[Host, Screen]:
    """By a screen, which watches now."""
    host = Host(ground.site, ground.state_dir, "--start", str(ground.book), "--env", "prod")
    hosts.append(host)
    screen = host.screen()
    screen.attach()
    screen.do(PlanAction(inputs={"method": "nacl"}))
    digest = screen.until(lambda state: bool(state.changes) and bool(state.changes[1].digest)).changes[1].digest
    screen.do(ConfirmPlan(digest=digest, typed="prod", break_glass="practice"))
    screen.until(lambda state: standing(state) is not None and not state.changes[1].stage.open)
    screen.do(Proceed())
    screen.until(lambda state: state.step.wait is WaitPhase.WAITING)
    assert ground.network() != ground.before
    return host, screen


def test_the_host_is_told_to_end(ground: Ground, hosts: list[Host]) -> None:
    """SIGTERM: whole before the process is gone."""
    host, _ = cut(ground, hosts)
    host.signal(signal.SIGTERM)
    assert host.wait() == 0
    ground.whole()
    assert ground.run().phase is Phase.PAUSED


def test_the_screen_is_lost(ground: Ground, hosts: list[Host]) -> None:
    """Nobody is there who could end it: it is taken back at once, and the run goes on for whoever attaches."""
    host, screen = cut(ground, hosts)
    screen.lose()
    host.signal(signal.SIGHUP)
    while standing(fold(read(min((ground.state_dir / "runs").glob("*.jsonl"))))) is not None:
        assert host.process.poll() is None
        time.sleep(0.05)
    ground.whole()
    again = host.screen()
    again.attach()
    again.close(pause=True)
    assert host.wait() == 0


def test_the_host_is_killed(ground: Ground, hosts: list[Host]) -> None:
    """SIGKILL: whoever starts the program next, for whatever, finds it whole and is told."""
    host, _ = cut(ground, hosts)
    host.signal(signal.SIGKILL)
    host.wait()
    assert ground.network() != ground.before
    hosts.append(Host(ground.site, ground.state_dir, "--start", "validation", "--env", "staging"))
    ground.whole()
    screen = hosts[-1].screen()
    assert "Taken back" in screen.attach().restored[-1]
    screen.close(pause=True)
    assert hosts[-1].wait() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_without_a_screen(ground: Ground, number: signal.Signals) -> None:
    """Ctrl-C and a closed terminal: whole before the process is gone, which says how to go on."""
    words = ["run", str(ground.book), "--env", "prod", "--headless", "--answers", str(ground.answers)]
    where = ["--site", str(ground.site), "--state-dir", str(ground.state_dir)]
    process = subprocess.Popen(
        [sys.executable, "-m", "runbook_tui", *words, *where],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        while not ground.watching():
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        os.kill(process.pid, number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 5, said
    assert "runbook-tui resume" in said
    ground.whole()
