"""A run is opened here: started or taken up, its journal locked."""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from runbook_tui import __version__
from runbook_tui.audit.journal import Journal
from runbook_tui.audit.runs import find_run, runs_folder
from runbook_tui.catalogue import loader
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.commands import Continue
from runbook_tui.core.events import Entry, RunStarted
from runbook_tui.core.ids import run_id
from runbook_tui.core.problems import Problem, RunbookProblem, UsageProblem
from runbook_tui.core.progress import Observation
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import RunState, fold
from runbook_tui.engine.ports import Ports
from runbook_tui.engine.runner import Listener, Runner
from runbook_tui.wiring.kit import Kit


class OpenRun(Struct, kw_only=True):
    """A run whose journal is open and locked. ``set_going`` starts it or takes it up."""

    run: str
    folder: Path
    runbook: Runbook
    journal: Journal
    entries: Sequence[Entry]
    state: RunState
    started: RunStarted | None = None
    resumed: Continue | None = None

    def runner(self, kit: Kit, listener: Listener, seen: Callable[[Observation], None] = lambda _: None) -> Runner:
        return Runner(
            runbook=self.runbook,
            ports=Ports(
                journal=self.journal, checks=kit.checks, changes=kit.changes, clock=kit.clock, sources=kit.sources
            ),
            by=kit.by,
            state=self.state,
            listener=listener,
            seen=seen,
        )

    def set_going(self, runner: Runner) -> None:
        if self.started is not None:
            runner.start(self.started)
        elif self.resumed is not None:
            runner.post(self.resumed)


def start_run(kit: Kit, state_dir: Path, runbook_id: str, environment: str) -> OpenRun:
    """A new run. The account guard speaks before anything is written."""
    runbook = loader.load(runbook_id)
    if environment not in runbook.environments or environment not in kit.site.environments:
        known = [name for name in kit.site.environments if name in runbook.environments]
        raise UsageProblem(f"{runbook_id} does not run in {environment or 'no environment'}", f"one of: {known}")
    identity = kit.identity
    name = run_id(kit.clock.now(), runbook.id, secrets.token_hex(2))
    journal = Journal.create(runs_folder(state_dir), name, kit.world, kit.clock.now, kit.redactor)
    started = RunStarted(
        runbook=runbook.id,
        title=runbook.title,
        runbook_sha256=runbook.sha256,
        runbook_text=runbook.text,
        site=kit.site.site.name,
        site_sha256=kit.site.sha256,
        environment=environment,
        tool_version=__version__,
        operator=kit.by,
        account=identity.account,
        region=kit.site.aws.region,
    )
    return OpenRun(
        run=name,
        folder=runs_folder(state_dir),
        runbook=runbook,
        journal=journal,
        entries=(),
        state=RunState(),
        started=started,
    )


def resume_run(kit: Kit, state_dir: Path, wanted: str) -> OpenRun:
    """An unfinished run, taken up at the same step with the runbook's text of its first day."""
    return _taken_up(kit, state_dir, wanted, _unfinished)


def reopen_run(kit: Kit, state_dir: Path, wanted: str) -> OpenRun:
    """Any run, also one that is over: what it changed can be taken back."""
    return _taken_up(kit, state_dir, wanted, lambda _state: None)


def _taken_up(kit: Kit, state_dir: Path, wanted: str, judge: Callable[[RunState], None]) -> OpenRun:
    found = find_run(state_dir, wanted)
    identity = kit.identity
    journal, entries = Journal.reopen(runs_folder(state_dir), found.run, kit.world, kit.clock.now, kit.redactor)
    state = fold(entries)
    try:
        judge(state)
        _same_world(kit, identity.account, state)
    except Problem:
        journal.close()
        raise
    runbook = loader.load_text(state.runbook_text, f"{found.run}: the runbook in the journal", all_checks())
    resumed = Continue(
        afresh=True,
        operator=kit.by,
        tool_version=__version__,
        runbook_changed=_file_changed(state),
        set_aside=journal.set_aside,
    )
    return OpenRun(
        run=found.run,
        folder=runs_folder(state_dir),
        runbook=runbook,
        journal=journal,
        entries=entries,
        state=state,
        resumed=resumed,
    )


def _unfinished(state: RunState) -> None:
    if state.phase.over:
        raise UsageProblem(f"{state.run} is {state.phase.value}", "start a new run")


def _same_world(kit: Kit, account: str, state: RunState) -> None:
    if (state.world, state.account) != (kit.world, account):
        raise UsageProblem(
            f"{state.run} was started in the {state.world.value} world, account {state.account}; this is "
            f"{kit.world.value}, account {account}",
            "resume it with the site and the credentials it was started with",
        )


def _file_changed(state: RunState) -> bool:
    """Whether the runbook in today's program differs from the one that this run walks."""
    try:
        return loader.load(state.runbook).sha256 != state.runbook_sha256
    except RunbookProblem:
        return True
