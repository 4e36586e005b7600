"""One process writes a journal: an exclusive lock on the file itself, and a note that says who holds it."""

import fcntl
import getpass
import os
from pathlib import Path

from runbook_tui.audit.disk import Disk
from runbook_tui.core.problems import RunHeld
from runbook_tui.core.text import clean


def note_of(journal: Path) -> Path:
    return journal.with_name(f"{journal.stem}.lock")


def lock(descriptor: int, journal: Path, disk: Disk) -> None:
    """The kernel lets go of the lock when the process ends, however it ends; the note may outlive it and means
    nothing then. RunHeld, naming the holder, when another process has the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        run = journal.stem
        raise RunHeld(
            f"run {run} is being walked by {_holder(journal)}",
            f"watch it or take it over with runbook-tui attach {run}; a walk without a screen ends with its process",
        ) from problem
    note = disk.open(note_of(journal), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        who = getpass.getuser()
        disk.write(note, f"{who}, pid {os.getpid()} on {os.uname().nodename}\n".encode())
    finally:
        os.close(note)


def unlock(descriptor: int, journal: Path) -> None:
    note_of(journal).unlink(missing_ok=True)  # before the lock goes: the next holder's note must stay
    os.close(descriptor)


def _holder(journal: Path) -> str:
    try:
        note = note_of(journal).read_text(encoding="utf-8", errors="replace")
    except OSError:
        note = ""
    return clean(note, 100).strip() or "another process"
