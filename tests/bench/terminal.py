"""A program in a pseudo-terminal, driven and read from outside."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 30.0  # seconds for a frame to come, on a slow machine


class Terminal:
    """``with Terminal(words) as terminal``: 120 × 40 cells, true colour; killed with its children at the end."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self._words = list(words)
        self._environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        self._environment.pop("NO_COLOR", None)
        self.output = b""

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        # The first terminal that a new session opens is its own: no fork of ours is needed for that.
        opened = [(os.POSIX_SPAWN_OPEN, number, os.ttyname(theirs), os.O_RDWR, 0) for number in (0, 1, 2)]
        self.began = time.perf_counter()
        self.pid = os.posix_spawn(self._words[0], self._words, self._environment, file_actions=opened, setsid=True)
        os.close(theirs)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        for process in (*children(self.pid), self.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL if process == self.pid else signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self._ours)

    def read(self, seconds: float) -> bytes:
        """What came within this time, as soon as something comes; it is also added to ``output``."""
        ready, _, _ = select.select([self._ours], [], [], max(0.0, seconds))
        try:
            got = os.read(self._ours, 1 << 16) if ready else b""
        except OSError as error:
            raise RuntimeError(f"the program has ended: {self.output[-400:]!r}") from error
        self.output += got
        return got

    def until(self, marks: Sequence[str], *, patience: float = PATIENCE) -> float:
        """Seconds since the start until all these texts have come since ``output`` was last emptied."""
        wanted = [mark.encode() for mark in marks]
        end = time.perf_counter() + patience
        while not all(mark in self.output for mark in wanted):
            if time.perf_counter() > end:
                raise RuntimeError(f"{marks} did not come: {self.output[-400:]!r}")
            self.read(0.05)
        return time.perf_counter() - self.began

    def drain(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def press(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def rss(self) -> float:
        """MiB of memory that the program itself holds now, its children not counted."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("no VmRSS")

    def cpu(self) -> float:
        """Seconds of CPU since the start."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(process: int) -> tuple[int, ...]:
    """Direct children, of whichever thread, where /proc tells."""
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return tuple(int(word) for listed in threads for word in listed.read_text().split())
