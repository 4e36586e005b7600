"""Killed at any system call, a journal loses nothing that was acknowledged and can be taken up again."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.audit.lines import read
from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase, fold
from tests.support.crash import RUN, new_journal, reopened, walk

ROOT = Path(__file__).parents[2]


def _crash(*arguments: str | Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.crash", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_walk_killed_at_every_system_call_can_be_taken_up(tmp_path: Path) -> None:
    """Everything acknowledged is there, the rest is a prefix of what was meant, and the run goes on to its end."""
    cases = _crash(tmp_path)
    reference = (tmp_path / "reference" / f"{RUN}.jsonl").read_bytes()
    whole = tuple(read(tmp_path / "reference" / f"{RUN}.jsonl"))
    assert len(cases) > 60
    for case in cases:
        folder = Path(case["folder"])
        path = folder / f"{RUN}.jsonl"
        if not path.exists():
            assert case["acknowledged"] == []
            continue
        crashed = path.read_bytes()
        assert reference.startswith(crashed)
        before = tuple(read(path))
        journal, entries = reopened(folder)
        assert entries == before == whole[: len(entries)]
        assert [entry.hash for entry in entries[: len(case["acknowledged"])]] == case["acknowledged"]
        assert journal.set_aside == len(crashed) - path.stat().st_size
        assert (folder / f"{RUN}.torn-1").exists() == (journal.set_aside > 0)
        final = walk(journal, fold(entries))
        journal.close()
        assert final.phase is Phase.FINISHED
        assert verify(path).ok
        assert fold(read(path)) == final


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_taking_up_a_torn_journal_can_itself_be_killed(tmp_path: Path) -> None:
    """At every system call of setting a torn line aside: the whole lines and the torn bytes are still there."""
    journal = new_journal(tmp_path)
    walk(journal, fold(()))
    journal.close()
    whole = journal.path.read_bytes()
    torn = whole[-40:-1]
    (tmp_path / "torn").write_bytes(whole + torn)
    cases = _crash(tmp_path, tmp_path / "torn")
    assert len(cases) > 10
    for case in cases:
        folder = Path(case["folder"])
        taken_up, entries = reopened(folder)
        taken_up.close()
        assert taken_up.path.read_bytes() == whole
        assert len(entries) == taken_up.count
        assert torn in [kept.read_bytes() for kept in folder.glob("*.torn-*")]
