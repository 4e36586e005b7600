"""Side by side: every round measures each side once, so that a busy moment of the machine hits all of them."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from msgspec import Struct

_QUIET = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
]


def interleaved(sides: Mapping[str, Callable[[], float]], rounds: int, *, warm_up: int = 1) -> dict[str, float]:
    """The median of each side. Each callable gives one measurement; the first ``warm_up`` rounds do not count."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + warm_up):
        for name, measure in sides.items():
            value = measure()
            if number >= warm_up:
                found[name].append(value)
    return {name: median(values) for name, values in found.items()}


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Ended(Struct, frozen=True, kw_only=True):
    """A process that has ended: wall and CPU time in seconds, exit code."""

    wall: float
    cpu: float
    code: int


def run_process(words: Sequence[str], environment: Mapping[str, str] | None = None) -> Ended:
    """Without shell or pipes: nothing but the process itself is timed."""
    began = time.perf_counter()
    process = os.posix_spawn(words[0], list(words), dict(environment or os.environ), file_actions=_QUIET)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - began
    return Ended(wall=wall, cpu=usage.ru_utime + usage.ru_stime, code=os.waitstatus_to_exitcode(status))


def process(words: Sequence[str], *, expected: int = 0) -> Callable[[], float]:
    """A side that is a whole process. RuntimeError when it ends otherwise than expected."""

    def measure() -> float:
        ended = run_process(words)
        if ended.code != expected:
            raise RuntimeError(f"{' '.join(words[-4:])} ended with {ended.code}")
        return ended.wall

    return measure


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]
