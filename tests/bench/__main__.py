"""``make bench``: every speed budget as a ratio measured side by side; writes docs/benchmarks.md.

A budget that is not held is said, and no error: the machine may be busy.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench import (
    append,
    audit_screen,
    chain,
    clients,
    first_frame,
    footprint,
    keys,
    prowler,
    rebuild,
    rollback,
    simulator,
    startup,
    sweep,
)
from tests.bench.bench import ROOT, Bench
from tests.bench.budget import Row
from tests.bench.machine import description, load
from tests.bench.report import page
from tests.bench.sizes import FULL, SMALL, Sizes

Benchmark = Callable[[Bench], Iterator[Row]]
BENCHMARKS: Final[dict[str, Benchmark]] = {
    "startup": startup.measure,
    "first-frame": first_frame.measure,
    "keys": keys.measure,
    "footprint": footprint.measure,
    "clients": clients.measure,
    "sweep": sweep.measure,
    "prowler": prowler.measure,
    "append": append.measure,
    "chain": chain.measure,
    "rebuild": rebuild.measure,
    "audit-screen": audit_screen.measure,
    "rollback": rollback.measure,
    "simulator": simulator.measure,
}
PAGE: Final = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; then nothing is written")
    parser.add_argument("--small", action="store_true", help="the smallest sizes, to see that it runs")
    args = parser.parse_args()
    unknown = [name for name in args.only if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}")
    began, busy = time.monotonic(), load()  # before the benchmarks themselves make the machine busy
    rows = list(run(args.only or list(BENCHMARKS), SMALL if args.small else FULL))
    if not args.only and not args.small:
        day = datetime.now(UTC).date()
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(rows, [*description(ROOT), busy], day, (time.monotonic() - began) / 60))
        print(f"written: {PAGE.relative_to(ROOT)}", file=sys.stderr)
    return 0


def run(names: list[str], sizes: Sizes) -> Iterator[Row]:
    """Each row is printed as soon as it is known."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-")))
        disk = Path(stack.enter_context(TemporaryDirectory(prefix="bench-", dir=build)))
        bench = Bench(sizes, folder, disk)
        stack.callback(bench.close)
        for name in names:
            for row in BENCHMARKS[name](bench):
                print(told(row), flush=True)
                yield row


def told(row: Row) -> str:
    measured = "–" if row.measured is None else row.in_words(row.measured)
    verdict = row.verdict.replace("*", "")
    return f"{measured:>16} of {row.in_words(row.allowed):<16} {verdict:<10} {row.what} ({row.detail})"


if __name__ == "__main__":
    sys.exit(main())
