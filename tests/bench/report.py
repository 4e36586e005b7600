"""docs/benchmarks.md, written from the rows of one run."""

from collections.abc import Sequence
from datetime import date

from tests.bench.budget import Row

HEAD = """# Benchmarks

Written by `make bench`; do not edit by hand. Each number is measured side by side with what it is compared to, the
two taking turns in one run, and is the median of its rounds. Compare ratios, not milliseconds: those are this
machine's.
"""
TABLE = """| budget | measured | allowed | verdict | both sides |
|---|---|---|---|---|
"""


def page(rows: Sequence[Row], machine: Sequence[str], day: date, minutes: float) -> str:
    held = sum(row.held is True for row in rows)
    measured = sum(row.held is not None for row in rows)
    summary = f"{held} of {measured} measured budgets held, on {day:%Y-%m-%d}, in {minutes:.1f} minutes.\n"
    lines = "".join(line(row) + "\n" for row in rows)
    about = "".join(f"- {word}\n" for word in machine)
    return f"{HEAD}\n{summary}\n{TABLE}{lines}\n## The machine\n\n{about}"


def line(row: Row) -> str:
    measured = "–" if row.measured is None else row.in_words(row.measured)
    return f"| {row.what} | {measured} | ≤ {row.in_words(row.allowed)} | {row.verdict} | {row.detail or '–'} |"
