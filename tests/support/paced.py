"""``runbook-tui`` on a simulator at rest: time passes there only while a run waits for it, and enough of it at once."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from runbook_tui.audit.journal import read
from runbook_tui.catalogue.loader import load
from runbook_tui.core.state import RunState, WaitPhase, fold
from tests.support.program import Done
from tests.support.simulator import ROOT, Running

_LOOK = 0.1  # real seconds between two looks at the journal
_DEPLOYED = 300.0  # simulated seconds in which a deployment has come to its end
PATIENCE = 120.0


def often(runbook: str, folder: Path) -> Path:
    """A bundled runbook whose waits look again every second of real time."""
    book = folder / f"{runbook}.yaml"
    text = re.sub(r"every: \d+s\n", "every: 1s\n", (ROOT / "runbooks" / f"{runbook}.yaml").read_text())
    book.write_text(re.sub(r"(wait: {.*timeout: \w+)(.*})", r"\1, every: 1s\2", text))
    waits = [step.wait.every for step in load(str(book)).steps if step.wait is not None]
    assert set(waits) == {1.0}, "a wait that is written in another way"
    return book


def paced(simulator: Running, words: Sequence[str], state_dir: Path, module: str = "runbook_tui") -> Done:
    """``program``: after every look of a wait that was not met, the world has five minutes more."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = -1
    for _ in range(round(PATIENCE / _LOOK)):
        try:
            out, err = process.communicate(timeout=_LOOK)
        except subprocess.TimeoutExpired:
            seen = _let_pass(simulator, state_dir, seen)
        else:
            return Done(code=process.returncode, out=out, err=err)
    process.kill()
    raise AssertionError(process.communicate())


def _let_pass(simulator: Running, state_dir: Path, seen: int) -> int:
    """The number of the entry that it reacted to last."""
    state = waiting(state_dir)
    if state is None or state.seq == seen:
        return seen
    simulator.advance(_DEPLOYED)
    return state.seq


def waiting(state_dir: Path) -> RunState | None:
    """The run, if it waits and has looked in vain."""
    for journal in (state_dir / "runs").glob("*.jsonl"):
        state = fold(read(journal))
        if state.step.wait is WaitPhase.WAITING and not state.step.pending:
            return state
    return None
