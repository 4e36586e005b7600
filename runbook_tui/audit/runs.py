"""Every run that was ever recorded, as a line of a list."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from runbook_tui.audit.folder import find_journal, journals, runs_folder
from runbook_tui.audit.lines import read
from runbook_tui.audit.outline import Place, outline
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.state import Phase, RunState, fold
from runbook_tui.core.verdict import Status

__all__ = ["BROKEN", "RunSummary", "find_run", "list_runs", "runs_folder"]

BROKEN: Final = "broken"  # stands for the phase of a run whose journal cannot be read


class RunSummary(Struct, frozen=True, kw_only=True):
    """``trouble`` says why a journal cannot be read; then only ``run`` and ``path`` are known.

    ``counts`` has a number for each status, of the last verdict of every check. ``step`` is the current step's id,
    empty when none is; ``step_number`` of ``step_count`` is its place in the runbook, 0 when that is not known.
    """

    run: str
    path: Path
    runbook: str = ""
    title: str = ""
    environment: str = ""
    world: str = ""
    account: str = ""
    phase: str = BROKEN
    verdict: Status | None = None
    step: str = ""
    step_title: str = ""
    step_number: int = 0
    step_count: int = 0
    counts: Mapping[str, int] = {}
    started_at: datetime | None = None
    last_at: datetime | None = None
    by: str = ""
    entries: int = 0
    tip: str = ""
    trouble: str = ""

    @property
    def resumable(self) -> bool:
        return not self.trouble and not Phase(self.phase).over


def list_runs(state_dir: Path) -> tuple[RunSummary, ...]:
    """Newest first. One unreadable journal is a line with its trouble, not the end of the list."""
    return tuple(summarise(path) for path in journals(state_dir))


def find_run(state_dir: Path, wanted: str) -> RunSummary:
    """The run of this name, the start of its name, or ``latest``. UsageProblem for none or several."""
    return summarise(find_journal(state_dir, wanted))


def summarise(path: Path) -> RunSummary:
    try:
        state = fold(read(path))
    except JournalProblem as problem:
        return RunSummary(run=path.stem, path=path, trouble=str(problem))
    if state.started_at is None:
        return RunSummary(
            run=path.stem, path=path, trouble="nothing was recorded: the program ended before the run began"
        )
    return _summary(path, state)


def _summary(path: Path, state: RunState) -> RunSummary:
    step = state.current or ""
    place = outline(state.runbook_text).get(step, Place(0, 0, step)) if step else Place(0, 0, "")
    return RunSummary(
        run=path.stem,
        path=path,
        runbook=state.runbook,
        title=state.title,
        environment=state.environment,
        world=state.world.value,
        account=state.account,
        phase=state.phase.value,
        verdict=state.verdict,
        step=step,
        step_title=place.title,
        step_number=place.number,
        step_count=place.of,
        counts=counted(state),
        started_at=state.started_at,
        last_at=state.last_at,
        by=state.operator,
        entries=state.seq + 1,
        tip=state.tip,
    )


def counted(state: RunState) -> dict[str, int]:
    """A number for every status, of the last verdict of each check."""
    latest = [verdict.status for verdict in state.latest().values()]
    return {status.value: latest.count(status) for status in Status}
