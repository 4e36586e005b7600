"""A real walk with a real journal, and what it takes to kill it at every system call.

``python -m tests.support.crash FOLDER`` walks once for each boundary, each time in a process of its own that kills
itself with SIGKILL there, and prints one JSON line a walk: the folder and the hashes that were acknowledged.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from runbook_tui.audit.disk import Disk
from runbook_tui.audit.journal import Journal
from runbook_tui.audit.redact import Redactor
from runbook_tui.core.commands import AddNote, Answer, Command, Confirm, Continue, Proceed, ReportVerdict
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import Entry, RunStarted, World
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Ask, Family, Option, Runbook, Step, Wait
from runbook_tui.core.state import Phase, RunState, fold
from runbook_tui.core.verdict import Verdict, fail, passed

RUN = "20261123-031602-crash-9f3c"
TEXT = """id: crash
title: A small walk
steps:
  - {id: look, title: Look around}
  - {id: choose, title: Choose a way}
  - {id: mend, title: Mend it}
  - {id: hold, title: Hold on}
"""
BOOK = Runbook(
    id="crash",
    title="A small walk",
    family=Family.VALIDATION,
    outcome="Done.",
    text=TEXT,
    steps=(
        Step(id="look", title="Look around", checks=("a.one", "a.two")),
        Step(
            id="choose",
            title="Choose a way",
            ask=Ask(question="Which?", options={"on": Option(label="Go on", go="mend"), "back": Option(label="Back")}),
        ),
        Step(id="mend", title="Mend it", confirm="I have mended it"),
        Step(id="hold", title="Hold on", wait=Wait(until=("b.one",), timeout=60)),
    ),
)
STARTED = RunStarted(
    runbook=BOOK.id,
    title=BOOK.title,
    runbook_sha256="0" * 64,
    runbook_text=TEXT,
    site="asharvi",
    site_sha256="1" * 64,
    environment="prod",
    tool_version="0.1.0",
    operator="you@laptop",
    account="123456789012",
    region="ap-south-1",
)


class Ticks:
    """A second later at each look."""

    def __init__(self) -> None:
        self._seconds = 0

    def __call__(self) -> datetime:
        self._seconds += 1
        return datetime(2026, 11, 23, 3, 0, tzinfo=UTC) + timedelta(seconds=self._seconds)


def new_journal(folder: Path, disk: Disk | None = None, run: str = RUN) -> Journal:
    return Journal.create(folder, run, World.SIMULATED, Ticks(), Redactor(["JWT_SECRET"]), disk)


def reopened(folder: Path, disk: Disk | None = None, run: str = RUN) -> tuple[Journal, tuple[Entry, ...]]:
    return Journal.reopen(folder, run, World.SIMULATED, Ticks(), Redactor(["JWT_SECRET"]), disk)


def verdict_of(check: str) -> Verdict:
    return fail("1 of 2", "mend it", service="x") if check == "a.two" else passed("fine", count=2)


def next_command(state: RunState) -> Command | None:
    """What an operator and their checks would do next: a function of the state alone, so that it survives a crash."""
    if state.phase.over:
        return None
    if state.current is None or state.phase is not Phase.RUNNING:
        return Continue(tool_version="0.1.0")
    if state.step.outcome is not None:
        return Continue(tool_version="0.1.0")
    if state.step.pending:
        check = state.step.pending[0]
        return ReportVerdict(sweep=state.step.sweep, check=check, verdict=verdict_of(check), duration_ms=5)
    if not any(note.step == state.current for note in state.notes):
        return AddNote(text=f"standing at {state.current}")
    step = BOOK.step(state.current)
    if step.ask is not None:
        return Answer(option="on")
    if step.confirm is not None:
        return Confirm(note="done by hand")
    return Proceed(reason="known and accepted")


def walk(journal: Journal, state: RunState, acknowledged: Callable[[Entry], Any] = lambda entry: None) -> RunState:
    """To the end of the runbook. ``acknowledged`` hears of each entry after it is on disk."""
    if state.seq < 0:
        state = _append(journal, state, (STARTED, *begin(BOOK)), acknowledged)
    while (command := next_command(state)) is not None:
        events = decide(state, BOOK, {}, command)
        assert not isinstance(events, Refusal), events
        state = _append(journal, state, events, acknowledged)
    return state


def _append(journal: Journal, state: RunState, events: Any, acknowledged: Callable[[Entry], Any]) -> RunState:
    entries = journal.append(events, "you@laptop")
    for entry in entries:
        acknowledged(entry)
    return fold(entries, state)


Moment = Literal["before", "half", "after"]


class DyingDisk(Disk):
    """Kills its process before, in the middle of, or after the ``at``-th system call; ``calls`` are their names."""

    def __init__(self, at: int = 0, moment: Moment = "before") -> None:
        self.calls: list[str] = []
        self._at = at
        self._moment = moment

    def open(self, path: Path, flags: int) -> int:
        opened: int = self._die_around("open", lambda: Disk.open(self, path, flags))
        return opened

    def write(self, descriptor: int, data: bytes) -> int:
        half = data[: len(data) // 2]
        written: int = self._die_around(
            "write", lambda: Disk.write(self, descriptor, data), lambda: Disk.write(self, descriptor, half)
        )
        return written

    def datasync(self, descriptor: int) -> None:
        self._die_around("datasync", lambda: Disk.datasync(self, descriptor))

    def truncate(self, descriptor: int, size: int) -> None:
        self._die_around("truncate", lambda: Disk.truncate(self, descriptor, size))

    def sync_folder(self, folder: Path) -> None:
        self._die_around("sync_folder", lambda: Disk.sync_folder(self, folder))

    def _die_around(self, name: str, call: Callable[[], Any], half: Callable[[], Any] = lambda: None) -> Any:
        self.calls.append(name)
        if len(self.calls) != self._at:
            return call()
        if self._moment != "before":
            (half if self._moment == "half" else call)()
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody survives SIGKILL")


def boundaries(calls: list[str]) -> Iterator[tuple[int, Moment]]:
    for at, name in enumerate(calls, 1):
        yield at, "before"
        if name == "write":
            yield at, "half"
        yield at, "after"


def killed(work: Callable[[DyingDisk, Callable[[Entry], Any]], Any], at: int, moment: Moment) -> list[str]:
    """Does ``work`` in a child that dies there; the hashes that it acknowledged before."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(DyingDisk(at, moment), lambda entry: os.write(writer, f"{entry.hash}\n".encode()))
        finally:
            os._exit(3)  # it should have died
    os.close(writer)
    with os.fdopen(reader) as pipe:
        acknowledged = pipe.read().split()
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, (at, moment, status)
    return acknowledged


def crash_walks(folder: Path) -> None:
    whole = DyingDisk()
    walk(new_journal(folder / "reference", whole), RunState())
    for at, moment in boundaries(whole.calls):
        here = folder / f"{at}-{moment}"
        acknowledged = killed(lambda disk, told: walk(new_journal(here, disk), RunState(), told), at, moment)  # noqa: B023
        print(json.dumps({"folder": str(here), "acknowledged": acknowledged}))


def crash_reopenings(folder: Path, torn: bytes) -> None:
    """``torn`` is a journal whose last line has no end."""

    def prepared(name: str) -> Path:
        (folder / name).mkdir(parents=True)
        (folder / name / f"{RUN}.jsonl").write_bytes(torn)
        return folder / name

    whole = DyingDisk()
    reopened(prepared("reopen-reference"), whole)[0].close()
    for at, moment in boundaries(whole.calls):
        here = prepared(f"reopen-{at}-{moment}")
        killed(lambda disk, told: reopened(here, disk), at, moment)  # noqa: B023
        print(json.dumps({"folder": str(here), "acknowledged": []}))


if __name__ == "__main__":
    if len(sys.argv) == 2:
        crash_walks(Path(sys.argv[1]))
    else:
        crash_reopenings(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes())
