"""A last line without its end, as a crash or a full disk leaves it, is put beside its journal: never lost silently."""

import os
from pathlib import Path

from runbook_tui.audit.disk import Disk, write_whole


def keep_torn(journal: Path, torn: bytes, disk: Disk) -> None:
    """On disk as ``<run>.torn-N``, the first N that is free. OSError when that cannot be done."""
    aside = _new_file(journal, disk)
    try:
        write_whole(disk, aside, torn)
        disk.datasync(aside)
    finally:
        os.close(aside)
    disk.sync_folder(journal.parent)


def _new_file(journal: Path, disk: Disk) -> int:
    number = 1
    while True:
        try:
            return disk.open(journal.with_name(f"{journal.stem}.torn-{number}"), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            number += 1
