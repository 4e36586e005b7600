"""The journal of a run on the glass: a million lines beside the shortest one."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio
from tests.bench.chain import million
from tests.bench.first_frame import MARKS
from tests.bench.journals import RUN, write_long
from tests.bench.terminal import Terminal

ESCAPE, ENTER = b"\x1b", b"\r"
SHORTEST = 2
LISTED = 120.0  # seconds for the runs to be listed: the list reads every journal whole


def measure(bench: Bench) -> Iterator[Row]:
    long = _state(bench, "long", bench.sizes.million)
    short = _state(bench, "short", SHORTEST)
    opened: dict[str, list[float]] = {"long": [], "short": []}
    with ExitStack() as stack:
        big, listed_long = _listed(stack.enter_context(Terminal(_words(bench, long))))
        small, listed_short = _listed(stack.enter_context(Terminal(_words(bench, short))))
        for _ in range(bench.sizes.screen_rounds):
            for name, side in (("long", big), ("short", small)):
                opened[name].append(_opened(side))
                _back(side)
        added = _held(big, bench.sizes.million) - _held(small, SHORTEST)
    ours, beside = median(opened["long"]), median(opened["short"])
    what = f"the audit log's screens on a run of {bench.sizes.million:,} entries"
    detail = (
        f"{milliseconds(ours)}; shortest run {milliseconds(beside)}; the program listed its runs after "
        f"{milliseconds(listed_long)} and {milliseconds(listed_short)}"
    )
    yield ratio(f"open {what} : of {SHORTEST}", ours, beside, 1.1, detail=detail)
    yield Row(what=f"memory added by {what}", measured=max(0.0, added), allowed=40, unit="MiB")


def _state(bench: Bench, name: str, length: int) -> Path:
    """A state folder with one run of this length."""
    folder = bench.folder / f"state-{name}"
    (folder / "runs").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    path = folder / "runs" / f"{RUN}.jsonl"
    if length == bench.sizes.million:
        path.hardlink_to(million(bench))
    else:
        write_long(path, length)
    return folder


def _words(bench: Bench, state: Path) -> list[str]:
    return [*bench.program, "--site", bench.world["site"], "--state-dir", str(state)]


def _listed(terminal: Terminal) -> tuple[Terminal, float]:
    """With the seconds from its start until the runs are on the home screen."""
    terminal.until(MARKS)
    taken = terminal.until(("Unfinished",), patience=LISTED)
    _calm(terminal)
    return terminal, taken


def _opened(terminal: Terminal) -> float:
    """Seconds for both screens, the list and the journal: from each key to what it asks for."""
    terminal.output = b""
    began = time.perf_counter()
    terminal.press(b"a")
    terminal.until(("Audit log", "A long one"))
    listed = time.perf_counter() - began
    terminal.output = b""
    began = time.perf_counter()
    terminal.press(ENTER)
    terminal.until(("A long one in staging",), patience=LISTED)
    return listed + time.perf_counter() - began


def _back(terminal: Terminal) -> None:
    for _ in range(2):
        terminal.press(ESCAPE)
        terminal.drain(0.3)
    _calm(terminal)


def _held(terminal: Terminal, entries: int) -> float:
    """MiB with the journal open and read to its end."""
    _opened(terminal)
    terminal.until((f"{entries:,} entries",), patience=LISTED)
    _calm(terminal)
    return terminal.rss()


def _calm(terminal: Terminal) -> None:
    """Until the program uses no CPU to speak of."""
    former = -1.0
    while terminal.cpu() - former > 0.03:
        former = terminal.cpu()
        terminal.drain(0.5)
