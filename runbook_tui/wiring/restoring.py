"""What a program that has died left changed for a while: it is taken back before anything else is begun."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from runbook_tui.audit.folder import journals
from runbook_tui.audit.journal import read
from runbook_tui.core.change_commands import Restore
from runbook_tui.core.commands import Pause
from runbook_tui.core.events import Entry
from runbook_tui.core.problems import JournalProblem, Problem
from runbook_tui.core.state import RunState, fold
from runbook_tui.core.temporary import by_hand, standing
from runbook_tui.wiring.kit import Kit
from runbook_tui.wiring.runs import resume_run

_WHY: Final = "the program that made it had ended"
_LAST: Final = 65536  # bytes; the line of an end has some hundred
_LIMITED: Final = re.compile(rb'"restore_within":(?!0[.,}]|0\.0[,}])')


def restore_first(kit: Kit, state_dir: Path, tell: Callable[[str], None]) -> None:
    """``tell`` hears in whole sentences what was taken back, and what could not be; without a sign-in nothing can.

    A run that another process walks is left to that process, and one of another account or world to its own.
    """
    for run in tuple(owing(state_dir)):
        try:
            opened = resume_run(kit, state_dir, run)
        except Problem as problem:
            tell(f"{run} has something changed for a while: {problem.what}. {problem.remedy}")
            continue
        assert opened.resumed is not None, "a run that is on disk is taken up"
        tell(f"{run} has left something changed for a while, and its program has ended: it is taken back first.")
        runner = opened.runner(kit, _unheard)
        runner.post(opened.resumed)
        runner.post(Restore(reason=_WHY))
        runner.post(Pause(reason=f"taken back: {_WHY}"))
        runner.leave()
        try:
            runner.work()
        finally:
            opened.journal.close()
        tell(_told(runner.state))


def owing(state_dir: Path) -> Iterator[str]:
    """Runs whose journals say that something stands; the newest first."""
    for path in journals(state_dir):
        try:
            if _is_over(path) or _LIMITED.search(path.read_bytes()) is None:
                continue
            found = standing(fold(read(path)))
        except (JournalProblem, OSError):
            continue  # whoever asks for that run is told
        if found is not None:
            yield path.stem


def _is_over(path: Path) -> bool:
    """By its last line alone: most runs have ended, and none of them owes anything."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LAST))
        last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
    return b'"event":"RunFinished"' in last or b'"event":"RunAborted"' in last


def _told(state: RunState) -> str:
    found = standing(state)
    if found is None:
        return f"Taken back. Go on with: runbook-tui resume {state.run}"
    return f"CRITICAL: change {found.number} of {state.run} still stands. By hand:\n{by_hand(state, found)}"


def _unheard(_entries: Sequence[Entry], _state: RunState) -> None:
    """Nobody watches: what it came to is told at the end, and the journal has it all."""
