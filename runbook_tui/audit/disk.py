"""The system calls of a journal, and what their failures mean to the operator."""

import errno
import os
from pathlib import Path
from typing import Final

from runbook_tui.core.problems import JournalProblem

_datasync = getattr(os, "fdatasync", os.fsync)  # macOS has none


class Disk:
    """One method a system call, so that a test can fail it, or die before, in and after it."""

    def open(self, path: Path, flags: int) -> int:
        """Files are for their owner alone, whatever the umask says; a link in their place is refused."""
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def write(self, descriptor: int, data: bytes) -> int:
        return os.write(descriptor, data)

    def datasync(self, descriptor: int) -> None:
        _datasync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        os.ftruncate(descriptor, size)

    def sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def private_folder(self, folder: Path) -> None:
        """The folder exists, 0700, and so do the ones above it that had to be made."""
        missing = [folder, *folder.parents][
            : next(n for n, one in enumerate([folder, *folder.parents]) if one.exists())
        ]
        for one in reversed(missing):
            one.mkdir(mode=0o700, exist_ok=True)
            self.sync_folder(one.parent)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)


def write_whole(disk: Disk, descriptor: int, data: bytes) -> None:
    """In one call. A file takes part of it only when there is no room for the rest: OSError(ENOSPC)."""
    if disk.write(descriptor, data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


_CAUSES: Final = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EFBIG: ("the file may not grow further", "raise the limit on file sizes (ulimit -f)"),
    errno.EIO: ("the disk reports an error", "look at the disk's health"),
    errno.EROFS: ("the file system is read-only", "make it writable, or name another folder with --state-dir"),
    errno.EACCES: ("permission denied", "give yourself the right to write there, or name another with --state-dir"),
    errno.EPERM: ("permission denied", "give yourself the right to write there, or name another with --state-dir"),
}


def unwritable(path: Path, problem: OSError) -> JournalProblem:
    cause, remedy = _CAUSES.get(problem.errno or 0, (problem.strerror or str(problem), "see what holds the file"))
    return JournalProblem(
        f"the audit log cannot be written: {cause}: {path}",
        f"{remedy}; nothing that was recorded is lost, and the run can be resumed",
    )
