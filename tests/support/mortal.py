"""A program that dies at an entry of its journal, within a test: what was in its memory is gone, and what is on disk is
there. What it had asked of AWS in another thread may still be carried out."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from runbook_tui.audit.disk import Disk
from runbook_tui.audit.folder import runs_folder
from runbook_tui.audit.journal import Journal, read
from runbook_tui.audit.redact import Redactor
from runbook_tui.core.events import Entry
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import Phase, RunState, fold
from runbook_tui.engine.headless import Script, next_move
from runbook_tui.engine.ports import Ports
from runbook_tui.engine.runner import Runner
from runbook_tui.wiring.changes import SiteChanges
from runbook_tui.wiring.kit import Kit
from tests.support.runs import started


class Died(BaseException):
    pass


class MortalDisk(Disk):
    """``entries`` are written. With ``after_all``: what comes of the last of them is done too, and not written down."""

    def __init__(self, entries: int, *, after_all: bool) -> None:
        self._left = entries
        self._after_all = after_all
        self.dead = False

    def write(self, descriptor: int, data: bytes) -> int:
        lines = data.splitlines(keepends=True)
        if not lines[0].startswith(b'{"seq"'):  # the lock's own line
            return super().write(descriptor, data)
        kept = b"".join(lines[: self._left])
        self._left -= min(len(lines), self._left)
        written = super().write(descriptor, kept)
        if len(kept) < len(data) or (not self._left and not self._after_all):
            self.dead = True
            raise Died
        return written

    def truncate(self, descriptor: int, size: int) -> None:
        if not self.dead:
            super().truncate(descriptor, size)


def afresh(kit: Kit) -> Kit:
    """What another process has: the same way to AWS, and nothing else of it."""
    new = Kit(kit.site)
    new.checks, new.clock = kit.checks, kit.clock
    new.changes = SiteChanges(kit.site, kit.checks.connection, new.redactor, kit.checks.let_go)
    return new


def walk(kit: Kit, state_dir: Path, runbook: Runbook, script: Script, disk: Disk, environment: str = "prod") -> Path:
    """Headless, to its end or its death; the journal."""
    now = kit.clock.now
    world, redactor = kit.world, Redactor(())
    journal = Journal.create(runs_folder(state_dir), "mortal", world, now, redactor, disk=disk)
    moving: list[bool] = []

    def heard_back(_refusal: object) -> None:
        moving.clear()
        go_on(runner.state)

    def go_on(state: RunState) -> None:
        if state.phase is not Phase.RUNNING:
            runner.leave()
            return
        move = None if moving else next_move(state, runbook, script)
        if move is not None:
            moving.append(True)
            runner.post(move, heard_back)  # type: ignore[arg-type]

    def happened(_entries: Sequence[Entry], state: RunState) -> None:
        go_on(state)

    runner = _runner(kit, runbook, journal, happened)
    try:
        runner.start(started(runbook, environment))
        runner.work()
    except Died:
        pass
    finally:
        journal.close()
    return journal.path


def told(path: Path) -> list[str]:
    """Names of the events of a journal."""
    return [json.loads(line)["event"] for line in path.read_text().splitlines()]


def state_of(path: Path) -> RunState:
    return fold(read(path))


def _runner(
    kit: Kit, runbook: Runbook, journal: Journal, happened: Callable[[Sequence[Entry], RunState], None]
) -> Runner:
    ports = Ports(journal=journal, checks=kit.checks, changes=kit.changes, clock=kit.clock, sources=kit.sources)
    return Runner(runbook=runbook, ports=ports, by="you", state=RunState(), listener=happened)
