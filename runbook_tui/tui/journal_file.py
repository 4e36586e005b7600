"""A journal's lines by their offsets: only what is on the glass is read and parsed, whatever the file's size."""

import time
from array import array
from bisect import bisect_right
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

BLOCK: Final = 1 << 16  # bytes between two remembered lines: a million lines of 550 bytes cost 140 KB
_CHUNK: Final = 1 << 20


class JournalFile:
    """Rows for ``Lines``. ``scan`` makes the file known chunk by chunk; rows of known lines can be read meanwhile.

    ``wanted`` keeps only lines that hold these bytes, in any case.
    """

    def __init__(self, path: Path, wanted: str = "") -> None:
        self.path = path
        self.wanted = wanted
        self._wanted = wanted.encode().lower()
        # Where the first line of each block begins, and which one it is; of every line where only some are wanted.
        self._offsets = array("Q")
        self._firsts = array("Q")
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
        """One line; its whole block is read at once and kept."""
        if self._wanted:
            with self.path.open("rb") as file:
                file.seek(self._offsets[index])
                return file.readline()
        block = bisect_right(self._firsts, index) - 1
        if self._block[0] != block:
            self._block = (block, self._lines(block))
        lines = self._block[1]
        place = index - self._firsts[block]
        if place >= len(lines):  # the file has grown since this block was read
            self._block = (-1, [])
            return self.line(index)
        return lines[place]

    def _lines(self, block: int) -> list[bytes]:
        begin = self._firsts[block]
        end = self._firsts[block + 1] if block + 1 < len(self._firsts) else self._length
        with self.path.open("rb") as file:
            file.seek(self._offsets[block])
            return [file.readline() for _ in range(end - begin)]

    def scan(self) -> Iterator[int]:
        """Blocking, for a thread: yields the number of known rows after each chunk. OSError when it cannot be read."""
        with self.path.open("rb") as file:
            find = self._find if self._wanted else self._count
            yield from find(file)

    def _count(self, file: BinaryIO) -> Iterator[int]:
        """Newlines are counted, not looked at one by one: whoever looks at the screen needs the interpreter too."""
        base, number = 0, 0
        self._remember(0, 0)
        while chunk := file.read(BLOCK):
            if self.stopped:
                return
            if breaks := chunk.count(b"\n"):
                number += breaks
                self._remember(number, base + chunk.rindex(b"\n") + 1)
                self._length = number
            base += len(chunk)
            if base % _CHUNK == 0:
                yield number
        yield number

    def _remember(self, line: int, offset: int) -> None:
        self._offsets.append(offset)
        self._firsts.append(line)

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
