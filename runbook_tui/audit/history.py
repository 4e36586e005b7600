"""Every journal of the state folder, verified and folded: what checks ask the product about its own past."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from msgspec import Struct

from runbook_tui.audit.folder import attestations_path, journals, runs_folder
from runbook_tui.audit.lines import read
from runbook_tui.audit.verify import TORN, verify
from runbook_tui.core.events import Entry, World
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.records import AuditLog, History
from runbook_tui.core.state import RunState, fold

_Stamp = tuple[int, int, int]


class _Read(Struct, frozen=True, kw_only=True):
    """``trouble`` is empty for a journal that can be believed; ``run`` is None for one of statements, or empty."""

    stamp: _Stamp
    entries: int = 0
    tip: str = ""
    since: datetime | None = None
    run: RunState | None = None
    trouble: str = ""


class Journals:
    """Of one account in one world. A journal that has not grown is not read again."""

    def __init__(self, state_dir: Path, world: World, account: Callable[[], str]) -> None:
        self._state_dir: Final = state_dir
        self._world: Final = world
        self._account: Final = account
        self._lock = Lock()
        self._read: dict[Path, _Read] = {}
        self._looked = False

    def forget(self) -> None:
        """The next question looks whether journals have grown."""
        with self._lock:
            self._looked = False

    def history(self) -> History:
        account = self._account()  # before the lock: it may take another one
        found = self._all()
        runs = tuple(one.run for one in found.values() if one.run is not None)
        return History(
            runs=tuple(run for run in runs if run.world is self._world and run.account == account),
            damaged=tuple(f"{path.name}: {one.trouble}" for path, one in found.items() if one.trouble),
        )

    def entries(self, run: str) -> tuple[Entry, ...]:
        """JournalProblem when it cannot be read."""
        return tuple(read(runs_folder(self._state_dir) / f"{run}.jsonl"))

    def audit_log(self) -> AuditLog:
        found = self._all()
        newest = next(iter(found.values()), None)
        times = [one.since for one in found.values() if one.since is not None]
        folder = next(one for one in (self._state_dir, *self._state_dir.parents) if one.exists())
        return AuditLog(
            folder=str(self._state_dir),
            journals=len(found),
            entries=sum(one.entries for one in found.values()),
            tip=newest.tip if newest is not None else "",
            broken=tuple(f"{path.name}: {one.trouble}" for path, one in found.items() if one.trouble),
            since=min(times, default=None),
            writable=os.access(folder, os.W_OK | os.X_OK),
            free_bytes=shutil.disk_usage(folder).free,
        )

    def _all(self) -> dict[Path, _Read]:
        """Newest run first, the statements last."""
        with self._lock:
            if not self._looked:
                paths = [*journals(self._state_dir), attestations_path(self._state_dir)]
                self._read = {path: one for path in paths if (one := self._look(path)) is not None}
                self._looked = True
            return self._read

    def _look(self, path: Path) -> _Read | None:
        try:
            found = path.stat()
            stamp = (found.st_size, found.st_mtime_ns, found.st_ino)
            known = self._read.get(path)
            return known if known is not None and known.stamp == stamp else _read(path, stamp)
        except FileNotFoundError:
            return None
        except OSError as problem:
            return _Read(stamp=(0, 0, 0), trouble=f"cannot be read: {problem.strerror}")


def _read(path: Path, stamp: _Stamp) -> _Read:
    report = verify(path)
    if not report.ok and report.what != TORN:
        trouble = f"line {report.first_bad_line}: {report.what}"
        return _Read(stamp=stamp, entries=report.lines, tip=report.tip, trouble=trouble)
    try:
        entries = tuple(read(path))
    except JournalProblem as problem:
        return _Read(stamp=stamp, entries=report.lines, tip=report.tip, trouble=str(problem))
    run = fold(entries)
    return _Read(
        stamp=stamp,
        entries=report.lines,
        tip=report.tip if report.lines else "",
        since=entries[0].at if entries else None,
        run=run if run.started_at is not None else None,
    )
