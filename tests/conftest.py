"""What several folders of tests share."""

from collections.abc import Iterator

import pytest

from tests.support.simulation import Simulation


@pytest.fixture(scope="session")
def simulation() -> Iterator[Simulation]:
    """One healthy simulated AWS for tests that only read it."""
    with Simulation.started() as running:
        yield running
