"""The journal of one run: append-only, hash-chained, on disk before anything is shown as done."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runbook_tui.audit.disk import Disk, unwritable, write_whole
from runbook_tui.audit.lines import read, read_line, write_line
from runbook_tui.audit.lock import lock, unlock
from runbook_tui.audit.redact import Redactor
from runbook_tui.audit.torn import keep_torn
from runbook_tui.audit.verify import SEAL, ZEROS, trouble
from runbook_tui.core.events import Entry, Event, World
from runbook_tui.core.problems import JournalProblem

__all__ = ["Journal", "read"]

_OPEN: Final = os.O_RDWR | os.O_APPEND
_DAMAGED: Final = "keep the file as it is and start a new run; runbook-tui audit verify says where the damage is"


class Journal:
    """``count`` entries are in it, ``tip`` is the hash of the last (64 zeros when there is none).

    ``set_aside`` are the bytes of a torn last line that ``reopen`` put beside the journal.
    """

    def __init__(
        self,
        path: Path,
        descriptor: int,
        *,
        world: World,
        now: Callable[[], datetime],
        redactor: Redactor,
        disk: Disk,
    ) -> None:
        self.path: Final = path
        self.run: Final = path.stem
        self.set_aside = 0
        self._descriptor = descriptor
        self._world: Final = world
        self._now: Final = now
        self._redactor: Final = redactor
        self._disk: Final = disk
        self._end = (0, 0, ZEROS)  # size, count, tip: assigned together, so that no interrupt can part them
        self._unsure = False  # bytes beyond the end may be in the file

    @classmethod
    def create(
        cls,
        folder: Path,
        run: str,
        world: World,
        now: Callable[[], datetime],
        redactor: Redactor,
        disk: Disk | None = None,
    ) -> "Journal":
        """A new, empty, locked journal. JournalProblem when it exists or cannot be made."""
        disk = disk or Disk()
        path = folder / f"{run}.jsonl"
        try:
            disk.private_folder(folder)
            descriptor = disk.open(path, _OPEN | os.O_CREAT | os.O_EXCL)
            disk.sync_folder(folder)
        except FileExistsError as problem:
            raise JournalProblem(
                f"there is a run {run} already", "start again: the next run has another name"
            ) from problem
        except OSError as problem:
            raise unwritable(path, problem) from problem
        journal = cls(path, descriptor, world=world, now=now, redactor=redactor, disk=disk)
        journal._lock()
        if os.fstat(descriptor).st_size:  # between making and locking it, somebody else took it up and wrote
            journal.close()
            raise JournalProblem(
                f"there is a run {run} already", "start again: the next run has another name"
            ) from FileExistsError(str(path))
        return journal

    @classmethod
    def reopen(
        cls,
        folder: Path,
        run: str,
        world: World,
        now: Callable[[], datetime],
        redactor: Redactor,
        disk: Disk | None = None,
    ) -> tuple["Journal", tuple[Entry, ...]]:
        """The journal of a former process, locked, and its entries. A torn last line goes to ``<run>.torn-N``.

        JournalProblem when another process has it, when the chain is broken, or when it cannot be written.
        """
        disk = disk or Disk()
        path = folder / f"{run}.jsonl"
        try:
            descriptor = disk.open(path, _OPEN)
        except OSError as problem:
            raise unwritable(path, problem) from problem
        journal = cls(path, descriptor, world=world, now=now, redactor=redactor, disk=disk)
        journal._lock()
        try:
            return journal, tuple(journal._take_up())
        except BaseException:
            journal.close()
            raise

    @property
    def count(self) -> int:
        return self._end[1]

    @property
    def tip(self) -> str:
        return self._end[2]

    def append(self, events: Sequence[Event], by: str) -> tuple[Entry, ...]:
        """All events in one write, on disk when it returns: the entries as ``read`` will give them, redacted.

        JournalProblem when they cannot be written; then none of them is in the journal, and it can be tried again.
        """
        if self._descriptor < 0:
            raise JournalProblem("the journal is closed", "resume the run")
        if not events:
            return ()
        size, count, tip = self._end
        at = self._now().astimezone(UTC)
        who = self._redactor.who(by)
        lines: list[bytes] = []
        entries: list[Entry] = []
        for seq, event in enumerate(events, count):
            draft = Entry(seq=seq, at=at, run=self.run, by=who, world=self._world, event=event)
            line, entry = write_line(draft, self._redactor.fields(event), tip)
            lines.append(line)
            entries.append(entry)
            tip = entry.hash
        data = b"".join(lines)
        self._put(data)
        self._end = (size + len(data), count + len(entries), tip)
        self._unsure = False
        return tuple(entries)

    def close(self) -> None:
        """Lets go of the lock. What was not acknowledged is cut off."""
        if self._descriptor < 0:
            return
        if self._unsure:
            self._cut()
        descriptor, self._descriptor = self._descriptor, -1
        unlock(descriptor, self.path)

    def _lock(self) -> None:
        try:
            lock(self._descriptor, self.path, self._disk)
        except OSError as problem:
            os.close(self._descriptor)
            raise unwritable(self.path, problem) from problem
        except JournalProblem:
            os.close(self._descriptor)
            raise

    def _put(self, data: bytes) -> None:
        if self._unsure and not self._cut():
            raise unwritable(self.path, OSError(errno.EIO, "the end of the file cannot be mended"))
        self._unsure = True  # until the caller has moved the end: an interrupt may come at any point
        try:
            write_whole(self._disk, self._descriptor, data)
            self._disk.datasync(self._descriptor)
        except OSError as problem:
            self._unsure = not self._cut()
            raise unwritable(self.path, problem) from problem

    def _cut(self) -> bool:
        """Back to the last acknowledged line; False when the disk refuses even that."""
        try:
            self._disk.truncate(self._descriptor, self._end[0])
            self._disk.datasync(self._descriptor)
        except OSError:
            return False
        return True

    def _take_up(self) -> Iterator[Entry]:
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    self._set_aside(line)
                    return
                size, count, tip = self._end
                where = f"{self.path.name}:{number}"
                wrong = trouble(line, count, tip)
                if wrong:
                    raise JournalProblem(wrong, _DAMAGED, where=where)
                entry = read_line(line, where)
                self._end = (size + len(line), count + 1, line[-SEAL:][9:-3].decode())
                yield entry

    def _set_aside(self, torn: bytes) -> None:
        try:
            keep_torn(self.path, torn, self._disk)
            self._disk.truncate(self._descriptor, self._end[0])
            self._disk.datasync(self._descriptor)
        except OSError as problem:
            raise unwritable(self.path, problem) from problem
        self.set_aside = len(torn)
