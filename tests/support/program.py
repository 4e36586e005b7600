"""``runbook-tui`` run to its end, without a terminal."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct


class Done(Struct, frozen=True, kw_only=True):
    code: int
    out: str
    err: str


def program(words: Sequence[str], environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Done:
    """Run ``runbook-tui`` without a terminal and wait for it."""
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", *words],
        env=dict(environ) if environ is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(code=done.returncode, out=done.stdout, err=done.stderr)
