"""A simulator in the test's own process, on a clock that the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World


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
    import boto3

    return boto3.Session(
        aws_access_key_id=simulator.credentials.access_key_id,
        aws_secret_access_key=simulator.credentials.secret_access_key,
        region_name=simulator.world.region,
    ).client(service, endpoint_url=simulator.endpoint_url)
