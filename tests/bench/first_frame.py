"""From the start of the process to its first whole frame in a pseudo-terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence

from tests.bench.bench import ROOT, Bench
from tests.bench.budget import Row, milliseconds, ratio
from tests.bench.terminal import Terminal
from tests.bench.timing import interleaved

BARE = [sys.executable, str(ROOT / "tests" / "bench" / "bare_app.py")]
BARE_MARKS = ("bare", "row5", "leave")
MARKS = ("Environments", "Runbooks", "quit")  # from the top of the home screen to its last line


def measure(bench: Bench) -> Iterator[Row]:
    found = interleaved(
        {"ours": frame(bench.screen(answers=False), MARKS), "bare": frame(BARE, BARE_MARKS)}, bench.sizes.frame_rounds
    )
    detail = f"{milliseconds(found['ours'])}; bare {milliseconds(found['bare'])}"
    yield ratio("first frame : a bare Textual app", found["ours"], found["bare"], 1.15, detail=detail)


def frame(words: Sequence[str], marks: Sequence[str]) -> Callable[[], float]:
    def measured() -> float:
        with Terminal(words) as terminal:
            return terminal.until(marks)

    return measured
