"""What the simulated AWS costs: until it is ready, for half an hour of its time, and in memory.

The first two are CPU time, which is what they take when nobody else needs the machine.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from runbook_tui.simulator import faults, scenarios
from tests.bench.bench import ROOT, Bench, clean_environment
from tests.bench.budget import Row, milliseconds

_STORIES = {
    "healthy": ("healthy", ""),
    "the database swallowed": ("healthy", "db-blackholed"),
    "a crash loop": ("crash-loop", ""),
    "traffic over capacity": ("traffic-over-capacity", ""),
}
_READY_S = 6.0
_HALF_AN_HOUR_S = 2.0
_MEMORY_MIB = 350.0
_GROWTH_MIB = 5.0  # of a process that makes one world after the other


def measure(bench: Bench) -> Iterator[Row]:
    yield from _half_hours(bench)
    yield from _process(bench)


def _half_hours(bench: Bench) -> Iterator[Row]:
    names = [name for name, _ in scenarios.described()][: bench.sizes.stories]
    stories = {**_STORIES, **{f"scenario {name}": (name, "") for name in names}}
    found = bench.worker("simulator_worker", stories=stories, worlds=bench.sizes.worlds)
    taken = found["half_hours"]
    for name in _STORIES:
        yield _half_hour(f"30 simulated minutes: {name}", taken[name])
    slowest = max((name for name in taken if name not in _STORIES), key=lambda name: taken[name]["wall"])
    yield _half_hour(f"30 simulated minutes: the slowest of {len(names)} scenarios", taken[slowest], f"{slowest}, ")
    yield Row(
        what="memory that a process keeps of each world that has ended",
        measured=max(0.0, found["grown"]),
        allowed=_GROWTH_MIB,
        unit="MiB",
        detail=f"{bench.sizes.worlds} worlds, one after the other",
    )


def _half_hour(what: str, taken: dict[str, float], which: str = "") -> Row:
    detail = f"{which}{milliseconds(taken['wall'])} by the clock on the wall"
    return Row(what=what, measured=taken["cpu"], allowed=_HALF_AN_HOUR_S, unit="s of CPU", detail=detail)


def _process(bench: Bench) -> Iterator[Row]:
    starts, walls = [], []
    for number in range(bench.sizes.process_rounds // 8 + 1):
        with _sim(bench, f"start-{number}") as (process, _, seconds):
            starts.append(_cpu(process))
            walls.append(seconds)
    yield Row(
        what="`sim` is ready",
        measured=median(starts),
        allowed=_READY_S,
        unit="s of CPU",
        detail=f"{milliseconds(median(walls))} by the clock on the wall since the process began, {len(starts)} times",
    )
    with _sim(bench, "memory") as (process, ready, _):
        before = _rss(process)
        subprocess.run(
            [*bench.program, "check", "--site", ready["site"], "--format", "json"],
            cwd=ROOT,
            env=clean_environment(),
            capture_output=True,
            check=False,
        )
        _ask(ready, "POST", "clock", {"advance": 1800})
        half = _rss(process)
        used = faults.described() if bench.sizes.stories > 1 else list(faults.described())[:3]
        for name in [name for name, _ in used if ":" not in name]:
            _ask(ready, "POST", "fault", {"name": name})
            _ask(ready, "POST", "clock", {"advance": 120})
            _ask(ready, "DELETE", "fault", {"name": name})
        after = _rss(process)
    detail = f"{before:.0f} MiB when ready, {half:.0f} after a sweep of all checks and 30 simulated minutes"
    yield Row(
        what="memory of the simulator's process after every fault in turn",
        measured=max(before, half, after),
        allowed=_MEMORY_MIB,
        unit="MiB",
        detail=detail,
    )


@contextmanager
def _sim(bench: Bench, folder: str) -> Iterator[tuple["subprocess.Popen[str]", Any, float]]:
    """The process, its ready line, and how long that took."""
    words = ["sim", "--speed", "0", "--dir", str(bench.folder / folder), "--with-parent", str(os.getpid())]
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "runbook_tui", *words],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None, "a pipe was asked for"
        line = process.stdout.readline()
        try:
            yield process, json.loads(line), time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(10)


def _cpu(process: "subprocess.Popen[str]") -> float:
    """Seconds, of all its threads."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _rss(process: "subprocess.Popen[str]") -> float:
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _ask(ready: Any, method: str, route: str, body: dict[str, Any]) -> None:
    request = Request(f"{ready['endpoint_url']}/_sim/{route}", data=json.dumps(body).encode(), method=method)
    with build_opener(ProxyHandler({})).open(request, timeout=60):
        pass
