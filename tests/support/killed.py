"""``python -m tests.support.killed EVENT NTH MOMENT WORDS …``: the program with these words, killed with SIGKILL at the
NTH such event of its journal. ``at-once``: it is on disk and nothing came of it yet. ``next``: all that comes of it was
done, and what it came to is not on disk."""

import json
import os
import signal
import sys
from typing import NoReturn

from runbook_tui.audit import journal
from runbook_tui.audit.disk import Disk
from runbook_tui.entry import main


class Deadly(Disk):
    def __init__(self, event: str, nth: int, moment: str) -> None:
        self._event = event
        self._left = nth
        self._moment = moment

    def write(self, descriptor: int, data: bytes) -> int:
        if not data.startswith(b'{"seq"'):  # the lock's own line
            return super().write(descriptor, data)
        if not self._left:
            _die()
        lines = data.splitlines(keepends=True)
        for place, line in enumerate(lines, 1):
            self._left -= json.loads(line)["event"] == self._event
            if not self._left:
                return self._written(descriptor, data, b"".join(lines[:place]))
        return super().write(descriptor, data)

    def _written(self, descriptor: int, whole: bytes, part: bytes) -> int:
        """What is in the same batch is never done before the batch is on disk."""
        super().write(descriptor, part)
        if self._moment == "at-once" or part != whole:
            _die()
        return len(whole)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives SIGKILL")


if __name__ == "__main__":
    disk = Deadly(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    setattr(journal, "Disk", lambda: disk)  # noqa: B010 - the name stands for a class to a type checker
    sys.exit(main(sys.argv[4:]))
