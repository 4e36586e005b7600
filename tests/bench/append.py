"""An event on disk, beside the least that could put its bytes there."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from runbook_tui.audit.journal import Journal
from runbook_tui.audit.redact import Redactor
from runbook_tui.core.events import World
from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio
from tests.bench.journals import BY, RUN, finished

_sync = getattr(os, "fdatasync", os.fsync)


def measure(bench: Bench) -> Iterator[Row]:
    """Turn by turn, on the disk of the checkout; a temporary folder may well be memory."""
    folder = bench.disk / "append"
    journal = Journal.create(folder, RUN, World.SIMULATED, lambda: datetime.now(UTC), Redactor(("JWT_SECRET",)))
    bare = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    ours: list[float] = []
    beside: list[float] = []
    written = 0
    with journal.path.open("rb") as lines:
        for number in range(bench.sizes.appends + 1):
            event = finished("step-1", 1, number)
            began = time.perf_counter()
            journal.append((event,), BY)
            middle = time.perf_counter()
            line = lines.readline()
            again = time.perf_counter()
            os.write(bare, line)
            _sync(bare)
            ended = time.perf_counter()
            written += len(line)
            if number:  # the first one warms up
                ours.append(middle - began)
                beside.append(ended - again)
    os.close(bare)
    journal.close()
    detail = (
        f"{milliseconds(median(ours))}; bare {milliseconds(median(beside))}, "
        f"{written // (bench.sizes.appends + 1)} bytes a line"
    )
    yield ratio("append an event : write + fdatasync", median(ours), median(beside), 1.2, detail=detail)
