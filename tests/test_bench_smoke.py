"""The benchmarks are run by hand: here it is only seen that they still can be."""

import math
from datetime import date

import pytest

from tests.bench.__main__ import BENCHMARKS, run
from tests.bench.bench import ROOT
from tests.bench.machine import description
from tests.bench.report import page
from tests.bench.sizes import SMALL


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_benchmark_runs_and_says_what_it_measured() -> None:
    """Each benchmark gives rows with a number, or with the reason why there is none, and each row is on the page."""
    rows = list(run(list(BENCHMARKS), SMALL))

    assert len(rows) >= len(BENCHMARKS) + 8  # several benchmarks hold more than one budget
    assert len({row.what for row in rows}) == len(rows)
    for row in rows:
        assert row.missing if row.measured is None else math.isfinite(row.measured) and row.measured >= 0
    written = page(rows, description(ROOT), date(2026, 11, 23), 1.0).splitlines()
    assert [line for line in written if line.startswith("| ")][1:] == [
        line for row in rows for line in written if line.startswith(f"| {row.what} |")
    ]
    assert not any(str(ROOT) in line or "/tmp" in line for line in written)
