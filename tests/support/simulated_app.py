"""A simulator in the test's own process, on a clock that the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.inside import client_of


@contextmanager
def stepped_simulator() -> Iterator[Simulator]:
    """The healthy world at rest."""
    with Simulator(clock=Clock(speed=0)) as simulator:
        yield simulator


def step(world: World, seconds: float) -> None:
    """Lets what is due until then happen."""
    with world.lock:
        world.clock.advance(timedelta(seconds=seconds))
        world.agenda.catch_up()


def tasks(world: World, service: str) -> list[Any]:
    """moto's models of a service's running tasks."""
    found = [task for cluster in world.backend("ecs").tasks.values() for task in cluster.values()]
    return [each for each in found if each.group == f"service:{service}" and each.last_status == "RUNNING"]


def client(simulator: Simulator, service: str) -> Any:
    """A stock boto3 client of a simulator in this process."""
    own, region = simulator.credentials, simulator.world.region
    return client_of(
        service,
        key=own.access_key_id,
        secret=own.secret_access_key,
        token=None,
        region=region,
        endpoint_url=simulator.endpoint_url,
    )
