"""From a key to the frame that shows it, idle and while 32 threads ask AWS."""

import re
import time
from collections.abc import Iterator, Sequence
from statistics import median, quantiles
from typing import Final

from tests.bench.asked import tell
from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio
from tests.bench.first_frame import MARKS
from tests.bench.terminal import Terminal

GAP: Final = 0.02  # seconds between a frame and the next key
PATIENCE: Final = 30.0  # for the frame of one key, on a machine that is busy with other things
# The cursor's mark, then its row; colours may stand between them. The last row is the second environment, or one of
# the failed checks under it.
_MARK: Final = rb"\xe2\x96\xb8(?:\x1b\[[\d;]*m|\s)*"
ROWS: Final = (re.compile(_MARK + rb"(?!staging|\x1b|\s)\S"), re.compile(_MARK + b"staging"))
LAST_FIRST: Final = (b"G", b"g")
TAB: Final = b"\t"


def measure(bench: Bench) -> Iterator[Row]:
    served = bench.served.plain
    idle: list[float] = []
    swept: list[float] = []
    with Terminal(bench.screen()) as terminal:
        terminal.until(MARKS)
        settle(terminal, served, bench.sizes.quiet_s)
        terminal.press(TAB)  # from the runbooks to the environments, where a sweep repaints the rows
        terminal.drain(0.5)
        while len(idle) < bench.sizes.keys:
            idle += pressed(terminal, bench.sizes.key_block)
            swept += pressed(terminal, bench.sizes.key_block, sweeping=served)
            settle(terminal, served, bench.sizes.quiet_s)
    ours, beside = p99(swept), p99(idle)
    detail = (
        f"p99 {milliseconds(ours)}, median {milliseconds(median(swept))}; "
        f"idle p99 {milliseconds(beside)}, median {milliseconds(median(idle))}; {len(swept)} keys each"
    )
    yield ratio("key to frame, p99, during a sweep of 32 threads : idle", ours, beside, 1.5, detail=detail)


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98]


def pressed(terminal: Terminal, number: int, *, sweeping: str = "") -> list[float]:
    """Seconds from each key to its frame. With ``sweeping``, the checks are asked all the time."""
    found: list[float] = []
    count = quiet = -1
    for n in range(number + number % 2):
        if sweeping:
            former, count = count, int(tell(sweeping, "count"))
            quiet = 0 if count != former else quiet + 1
            if n == 0 or quiet >= 5:  # requests have ceased: sweep again
                quiet = 0
                terminal.press(b"c")
        terminal.output = b""
        began = time.perf_counter()
        terminal.press(LAST_FIRST[n % 2])
        while not ROWS[n % 2].search(terminal.output):
            if time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"the cursor did not move: {terminal.output[-400:]!r}")
            terminal.read(0.5)
        found.append(time.perf_counter() - began)
        terminal.drain(GAP)
    return found


def settle(terminal: Terminal, served: str, quiet_s: float) -> None:
    """Until no request has come for so long."""
    former = -1
    while (count := int(tell(served, "count"))) != former:
        former = count
        terminal.drain(quiet_s)
