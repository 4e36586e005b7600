"""A journal's lines by their offsets: only what is on the glass is read and parsed, whatever the file's size."""

import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from textual.content import Content

from runbook_tui.audit.lines import read_line
from runbook_tui.core.events import Entry
from runbook_tui.core.problems import JournalProblem
from runbook_tui.tui.journal_lines import entry_line
from runbook_tui.tui.messages import Scanned, Told
from runbook_tui.tui.paint import BAD
from runbook_tui.tui.widgets.lines import Row

EVERY: Final = 128  # lines between two remembered offsets: a million lines cost 62 KB
_CHUNK: Final = 1 << 20


class JournalFile:
    """Rows for ``Lines``. ``scan`` makes the file known chunk by chunk; rows of known lines can be read meanwhile.

    ``wanted`` keeps only lines that hold these bytes, in any case.
    """

    def __init__(self, path: Path, wanted: str = "") -> None:
        self.path = path
        self.wanted = wanted
        self._wanted = wanted.encode().lower()
        self._offsets = array("Q")  # of each EVERYth line; of every line where only some are wanted
        self._length = 0
        self._block: tuple[int, list[bytes]] = (-1, [])
        self.stopped = False

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Row:
        line = self.line(index)
        try:
            content = entry_line(read_line(line, f"line {index + 1}"), dated=True)
        except JournalProblem as problem:
            content = Content.styled(f"! {problem.what}", BAD)
        return Row(content, str(index), pick=True)

    def entry(self, index: int) -> Entry:
        """JournalProblem when this line is none."""
        return read_line(self.line(index), f"{self.path.name}:{index + 1}")

    def line(self, index: int) -> bytes:
        """One line; a block of EVERY lines is read at once and kept, about 60 KB."""
        if self._wanted:
            with self.path.open("rb") as file:
                file.seek(self._offsets[index])
                return file.readline()
        block = index // EVERY
        if self._block[0] != block:
            with self.path.open("rb") as file:
                file.seek(self._offsets[block])
                self._block = (block, [file.readline() for _ in range(min(EVERY, self._length - block * EVERY))])
        lines = self._block[1]
        if index % EVERY >= len(lines):  # the file has grown since this block was read
            self._block = (-1, [])
            return self.line(index)
        return lines[index % EVERY]

    def scan(self) -> Iterator[int]:
        """Blocking, for a thread: yields the number of known rows after each chunk. OSError when it cannot be read."""
        with self.path.open("rb") as file:
            find = self._find if self._wanted else self._count
            yield from find(file)

    def _count(self, file: BinaryIO) -> Iterator[int]:
        base, number = 0, 0
        self._offsets.append(0)
        while chunk := file.read(_CHUNK):
            if self.stopped:
                return
            place = chunk.find(b"\n")
            while place >= 0:
                number += 1
                if number % EVERY == 0:
                    self._offsets.append(base + place + 1)
                place = chunk.find(b"\n", place + 1)
            base += len(chunk)
            self._length = number
            yield number

    def _find(self, file: BinaryIO) -> Iterator[int]:
        offset = seen = 0
        for line in file:
            if self._wanted in line.lower() and line.endswith(b"\n"):
                self._offsets.append(offset)
            offset += len(line)
            seen += len(line)
            if seen > _CHUNK:
                if self.stopped:
                    return
                seen = 0
                self._length = len(self._offsets)
                yield self._length
        self._length = len(self._offsets)
        yield self._length


def scanned(file: JournalFile) -> Iterator[Scanned | Told]:
    """For the background: says ten times a second that more is known, however fast the disk."""
    told = 0.0
    try:
        for _ in file.scan():
            if time.monotonic() - told > 0.1:
                told = time.monotonic()
                yield Scanned(whole=False)
    except OSError as error:
        yield Told(f"{file.path} cannot be read: {error.strerror}", bad=True)
    if not file.stopped:
        yield Scanned(whole=True)
