"""The simulator in this process, on a clock that only the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.inside import client_of

CLUSTER = "asharvi-backend-cluster"
PROD = "asharvi-backend-prod"


@contextmanager
def stepped(scenario: str = "healthy", *faults: str) -> Iterator[Simulator]:
    with Simulator(scenario=scenario, faults=faults, clock=Clock(speed=0)) as simulator:
        yield simulator


def advance(world: World, seconds: float) -> None:
    with world.lock:
        world.clock.advance(timedelta(seconds=seconds))
        world.agenda.catch_up()


def client(simulator: Simulator, service: str) -> Any:
    """A stock boto3 client that asks once."""
    from botocore.config import Config

    own = simulator.credentials
    return client_of(
        service,
        key=own.access_key_id,
        secret=own.secret_access_key,
        token=None,
        region=simulator.world.region,
        endpoint_url=simulator.endpoint_url,
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=50),
    )


def connected(world: World, service: str = PROD) -> dict[str, bool]:
    """Whether the application in each running task of a service has its database, by task id."""
    with world.lock:
        world.app.look()
        return {name: driver.connected for name, driver in world.app.tasks_of(service).items()}


def private_subnets(world: World) -> list[str]:
    """Their ARNs."""
    subnets = world.call("ec2", "DescribeSubnets")["Subnets"]
    names = {each["SubnetId"]: {tag["Key"]: tag["Value"] for tag in each.get("Tags", ())} for each in subnets}
    return [
        world.arn("ec2", f"subnet/{identifier}")
        for identifier, tags in names.items()
        if "private" in tags.get("Name", "")
    ]
