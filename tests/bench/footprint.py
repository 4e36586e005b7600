"""What the terminal program costs while nobody does anything."""

from collections.abc import Iterator

from tests.bench.bench import Bench
from tests.bench.budget import Row, ratio
from tests.bench.first_frame import BARE, BARE_MARKS, MARKS
from tests.bench.keys import settle
from tests.bench.terminal import Terminal


def measure(bench: Bench) -> Iterator[Row]:
    """Both at the same time: they are idle, or should be."""
    with Terminal(bench.screen()) as ours, Terminal(BARE) as bare:
        ours.until(MARKS)
        bare.until(BARE_MARKS)
        settle(ours, bench.served.plain, bench.sizes.quiet_s)
        ours.drain(bench.sizes.settle_s)
        bare.drain(0.1)
        yield ratio(
            "memory of the TUI's process : a bare Textual app",
            ours.rss(),
            bare.rss(),
            1.3,
            detail=f"{ours.rss():.0f} MiB after a sweep; bare {bare.rss():.0f} MiB",
        )
        before = ours.cpu(), bare.cpu()
        ours.drain(bench.sizes.idle_s)
        bare.drain(0.1)
        used = [100 * (side.cpu() - was) / bench.sizes.idle_s for side, was in zip((ours, bare), before, strict=True)]
    yield Row(
        what="idle CPU of the TUI's process, more than a bare Textual app's",
        measured=max(0.0, used[0] - used[1]),
        allowed=1.0,
        unit="% of a core",
        detail=f"{used[0]:.2f} %; bare {used[1]:.2f} %, over {bench.sizes.idle_s:.0f} s",
    )
