"""The simulated time passes by itself while the test waits for something that polls."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from runbook_tui.simulator.world import World
from tests.support.stepped import advance

_STEP = 20.0  # simulated seconds
_EVERY = 0.1  # real ones


@contextmanager
def time_passes(world: World) -> Iterator[None]:
    ended = threading.Event()

    def pass_on() -> None:
        while not ended.wait(_EVERY):
            advance(world, _STEP)

    thread = threading.Thread(target=pass_on, name="time passes", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
