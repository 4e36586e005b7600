"""A drill whose program dies at any entry of its journal: the next start takes the cut back before anything else."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.audit.verify import verify
from runbook_tui.catalogue.loader import load_text
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import Phase
from runbook_tui.core.temporary import standing
from runbook_tui.core.verdict import Status
from runbook_tui.engine.headless import Consent, Script
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from runbook_tui.wiring.restoring import owing, restore_first
from tests.support.borders import look as network
from tests.support.mortal import MortalDisk, afresh, state_of, told, walk
from tests.support.stepped import client, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

TEXT = """
id: short-drill
title: A drill without its checks
family: dr
outcome: All is as it was.
steps:
  - {id: inject, title: Cut, action: {use: drill.cut-database}}
  - {id: restore, title: Restore, restores: true}
  - {id: close, title: Close, end: true}
"""
CONSENT = Consent(inputs={"method": "nacl"}, typed="prod", break_glass="practice")
SCRIPT = Script(change={"inject": CONSENT})
ONCE = ("CreateNetworkAcl", "CreateNetworkAclEntry")
WHOLE = 1000  # more entries than a drill has


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


class Dying:
    def __init__(self, simulator: Simulator, folder: Path) -> None:
        site = load_site(simulator.site_path)
        self.kit = Kit(replace(site, dr=replace(site.dr, allowed_env="prod")), state_dir=folder / "history")
        self.folder = folder
        self.runbook: Runbook = load_text(TEXT, "short-drill.yaml", all_checks())
        self._trail = simulator.world.trail
        self._ec2 = client(simulator, "ec2")
        self.before = self.network()
        self.number = 0

    def network(self) -> Any:
        return network(self._ec2)

    def dies(self, entries: int, *, after_all: bool) -> Path:
        """The state folder of a drill that died."""
        self.number += 1
        state_dir = self.folder / str(self.number)
        self.seen = len(tuple(self._trail))
        walk(afresh(self.kit), state_dir, self.runbook, SCRIPT, MortalDisk(entries, after_all=after_all))
        return state_dir

    def made(self) -> Counter[str]:
        """What wrote in EC2 since the drill began."""
        records = tuple(self._trail)[self.seen :]
        return Counter(
            one.operation
            for one in records
            if one.operation.startswith(("Create", "Delete", "Replace")) and not one.error
        )

    def leftovers(self) -> Status:
        self.kit.checks.begin_sweep()
        return self.kit.checks.run("maint.dr-leftovers", "").status


@pytest.fixture(scope="module")
def dying(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Dying:
    return Dying(simulator, tmp_path_factory.mktemp("drills"))


def test_at_every_entry_of_its_journal(dying: Dying) -> None:
    """Whole again, nothing left behind, no call of the cut made twice; the run can be taken up."""
    (path,) = (dying.dies(WHOLE, after_all=True) / "runs").glob("*.jsonl")
    names = told(path)
    assert names[-1] == "RunFinished"
    assert names.count("CallStarted") == 9
    assert dying.network() == dying.before
    for entries, name in enumerate(names[:-1], 1):
        for after_all in (False, True) if name == "CallStarted" else (False,):
            state_dir = dying.dies(entries, after_all=after_all)
            said: list[str] = []
            restore_first(afresh(dying.kit), state_dir, said.append)
            where = (entries, name, after_all, said)
            assert dying.network() == dying.before, where
            (path,) = (state_dir / "runs").glob("*.jsonl")
            assert verify(path).ok, where
            state = state_of(path)
            assert standing(state) is None, where
            assert list(owing(state_dir)) == [], where
            assert state.phase is (Phase.PAUSED if said else Phase.RUNNING), where
            made = dying.made()
            assert made["CreateNetworkAcl"] <= 1, where
            assert made["CreateNetworkAclEntry"] <= 3, where
            assert made["DeleteNetworkAcl"] == made["CreateNetworkAcl"], where
    assert dying.leftovers() is Status.PASS


def test_what_cannot_be_taken_back_is_told_with_its_calls(dying: Dying, monkeypatch: pytest.MonkeyPatch) -> None:
    """After five tries whoever starts the program reads what to do by hand."""
    monkeypatch.setattr("runbook_tui.core.temporary._PAUSES", (0.0,))
    state_dir = dying.dies(20, after_all=False)
    kit, said = afresh(dying.kit), list[str]()
    monkeypatch.setattr(kit.changes, "call", lambda change, started: _denied(change.number, started.call))
    restore_first(kit, state_dir, said.append)
    assert "CRITICAL" in said[-1]
    assert "aws ec2 replace-network-acl-association --cli-input-json" in said[-1]
    restore_first(afresh(dying.kit), state_dir, said.append)
    assert "Taken back" in said[-1]
    assert dying.network() == dying.before


def _denied(change: int, call: str) -> Any:
    from runbook_tui.core.change_commands import ReportCall

    return ReportCall(change=change, call=call, code="UnauthorizedOperation", message="no")
