"""From opening the program to the rollback call in production, as fast as somebody who never thinks."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import yaml

from tests.bench.bench import ROOT, Bench, clean_environment
from tests.bench.budget import Row
from tests.bench.terminal import Terminal

WHAT: Final = "from opening the program to the rollback call in production, in six keys"
ALLOWED: Final = 15.0  # seconds
# What the glass shows, and the key that is pressed as soon as it does.
PATH: Final = (
    ("Something fails in PROD", b"r"),
    ("likely", b"\r"),
    ("Type ", b"p"),
    ("", b"r"),
    ("", b"o"),
    ("", b"d"),
)


def measure(bench: Bench) -> Iterator[Row]:
    if not bench.sizes.rollbacks:
        yield Row(what=WHAT, allowed=ALLOWED, unit="s", missing="at full size alone")
        return
    took = [_once(bench, number) for number in range(bench.sizes.rollbacks)]
    detail = f"{min(took):.2f} to {max(took):.2f} s, {len(took)} times, each in a world of its own"
    yield Row(what=WHAT, allowed=ALLOWED, measured=median(took), unit="s", detail=detail)


def _once(bench: Bench, number: int) -> float:
    """Seconds. The pre-checks are asked and pass on the way, or the plan would not come."""
    folder = bench.folder / f"rollback-{number}"
    with _ill(folder) as world:
        site = _alone(Path(world["site"]), folder)
        words = [*bench.program, "--site", str(site), "--state-dir", str(folder / "state")]
        with Terminal(words) as terminal:
            for shown, key in PATH:
                terminal.until([shown])
                terminal.output = b""
                terminal.press(key)
            while not _called(folder):
                terminal.drain(0.02)
            return time.perf_counter() - terminal.began


@contextmanager
def _ill(folder: Path) -> Iterator[dict[str, str]]:
    """A world in which prod answers its health checks with 503."""
    words = ["sim", "--dir", str(folder), "--with-parent", str(os.getpid()), "--fault", "targets-unhealthy"]
    process = subprocess.Popen(
        [sys.executable, "-m", "runbook_tui", *words], cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None, "a pipe was asked for"
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _alone(site: Path, folder: Path) -> Path:
    """The same site without a second person."""
    words = yaml.safe_load(site.read_text())
    words["operator"] = {**words.get("operator", {}), "approver_required_prod": False}
    path = folder / "alone.yaml"
    path.write_text(yaml.safe_dump(words))
    path.chmod(0o600)
    return path


def _called(folder: Path) -> bool:
    journals = list(folder.glob("state/runs/*.jsonl"))
    return bool(journals) and b'"ActionConfirmed"' in journals[0].read_bytes()
