"""Writes a file for its owner alone, whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from runbook_tui.core.problems import UsageProblem


def write_whole(target: Path, text: str) -> None:
    """0600. UsageProblem when it cannot be written; then a former file is as it was."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        unfinished.replace(target)
    except OSError as problem:
        with suppress(OSError):
            unfinished.unlink()
        raise UsageProblem(f"{target} cannot be written: {problem.strerror}", "name another file") from problem
