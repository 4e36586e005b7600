"""Operators' statements: written to a journal of their own or to a run's, found again by a fold over all of them."""

import mmap
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final

from runbook_tui.audit.disk import Disk
from runbook_tui.audit.folder import attestations_path, journals
from runbook_tui.audit.journal import Journal
from runbook_tui.audit.lines import read_line
from runbook_tui.audit.redact import Redactor
from runbook_tui.audit.verify import TORN, verify
from runbook_tui.core.attestation import Attestation, standing
from runbook_tui.core.events import Attested, Entry, World
from runbook_tui.core.problems import JournalProblem

_MARK: Final = b'"event":"Attested"'
_TRIES: Final = 40
_PAUSE: Final = 0.05  # seconds: forty of them outlast any other statement that is being written


class Attestations:
    """The statements of one account in one world. ``account`` is asked once, when the first check wants one."""

    def __init__(self, state_dir: Path, world: World, account: Callable[[], str]) -> None:
        self._state_dir = state_dir
        self._world = world
        self._account = account
        self._lock = Lock()
        self._read: dict[Path, tuple[tuple[int, int, int], tuple[Entry, ...]]] = {}
        self._standing: tuple[Attestation, ...] | None = None

    def forget(self) -> None:
        """The next question looks whether journals have grown."""
        with self._lock:
            self._standing = None

    def attested(self, check: str, environment: str) -> Attestation | None:
        """The newest statement, expired or not; ``""`` takes one of any environment.

        JournalProblem when a journal that holds statements is damaged: what it lost may be a revocation.
        """
        found = [one for one in self.all() if one.check == check and environment in ("", one.environment)]
        return found[-1] if found else None

    def all(self) -> tuple[Attestation, ...]:
        """Oldest first. JournalProblem as ``attested``."""
        account = self._account()  # before the lock: it may take another one
        with self._lock:
            if self._standing is None:
                self._standing = standing(entry for entry in self._entries() if self._ours(entry, account))
            return self._standing

    def _ours(self, entry: Entry, account: str) -> bool:
        return entry.world is self._world and isinstance(entry.event, Attested) and entry.event.account == account

    def _entries(self) -> Iterator[Entry]:
        for path in (attestations_path(self._state_dir), *journals(self._state_dir)):
            try:
                found = path.stat()
                state = (found.st_size, found.st_mtime_ns, found.st_ino)
                if path not in self._read or self._read[path][0] != state:
                    self._read[path] = (state, tuple(statements(path)))
            except FileNotFoundError:
                continue
            except OSError as problem:
                raise JournalProblem(f"{path} cannot be read: {problem.strerror}", "see who may read it") from problem
            yield from self._read[path][1]


def statements(path: Path) -> Iterator[Entry]:
    """The statements of one journal, if its chain is whole; a last line under way is left out. OSError as ``open``."""
    if not _mentions(path):
        return
    found = verify(path)
    if not found.ok and found.what != TORN:
        raise JournalProblem(
            f"a journal that holds statements is damaged: {path.name}, line {found.first_bad_line}: {found.what}",
            f"keep {path} elsewhere as evidence, and attest again what you can still see",
        )
    with path.open("rb") as file:
        for number, line in enumerate(islice(file, found.lines), 1):
            if _MARK in line:
                entry = read_line(line, f"{path.name}:{number}")
                if isinstance(entry.event, Attested):
                    yield entry


def record(
    state_dir: Path, event: Attested, by: str, *, world: World, now: Callable[[], datetime], redactor: Redactor
) -> Entry:
    """On disk, redacted, when it returns. JournalProblem when it cannot be written."""
    journal = _journal(state_dir, world, now, redactor)
    try:
        return journal.append((event,), by)[0]
    finally:
        journal.close()


class _NextToOthers(Disk):
    """The state folder may be one that the operator named: it is made private, but not when it exists."""

    def private_folder(self, folder: Path) -> None:
        if not folder.exists():
            super().private_folder(folder)


def _journal(state_dir: Path, world: World, now: Callable[[], datetime], redactor: Redactor) -> Journal:
    """Two operators may state something at once: the second one waits for the lock."""
    path = attestations_path(state_dir)
    for left in reversed(range(_TRIES)):
        try:
            if path.exists():
                return Journal.reopen(state_dir, path.stem, world, now, redactor, _NextToOthers())[0]
            return Journal.create(state_dir, path.stem, world, now, redactor, _NextToOthers())
        except JournalProblem as problem:
            if not isinstance(problem.__cause__, BlockingIOError | FileExistsError):
                raise
            if not left:
                raise JournalProblem(f"{path} is being written by another process", "try again") from problem
            time.sleep(_PAUSE)
    raise AssertionError("the last try returns or raises")


def _mentions(path: Path) -> bool:
    """Searched as bytes: a statement is rare, and a journal may have a million lines."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return view.find(_MARK) >= 0
