"""The state of a run from its journal, beside parsing the same lines."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import json

from runbook_tui.audit.lines import read
from runbook_tui.core.state import RunState, fold
from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio
from tests.bench.journals import write_walk
from tests.bench.timing import interleaved, seconds


def measure(bench: Bench) -> Iterator[Row]:
    path = bench.folder / "walk.jsonl"
    write_walk(path, bench.sizes.rebuilt)
    found = interleaved(
        {"ours": _timed(lambda: rebuilt(path)), "beside": _timed(lambda: parsed(path))}, bench.sizes.rebuild_rounds
    )
    state = rebuilt(path)
    detail = f"{milliseconds(found['ours'])}; parsing {milliseconds(found['beside'])}, {state.seq + 1:,} events"
    what = f"rebuild the state from {bench.sizes.rebuilt:,} events : parsing them"
    yield ratio(what, found["ours"], found["beside"], 2.0, detail=detail)


def rebuilt(path: Path) -> RunState:
    return fold(read(path))


def parsed(path: Path) -> int:
    """Every line as plain dicts, none kept."""
    decoder, number = json.Decoder(), 0
    with path.open("rb") as file:
        for line in file:
            decoder.decode(line)
            number += 1
    return number


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def measure_once() -> float:
        gc.collect()
        return seconds(work)

    return measure_once
