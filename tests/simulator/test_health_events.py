"""AWS Health of the simulated account: nothing while all is well, an open issue while a zone is in trouble."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator import faults
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import advance, client, stepped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture(scope="module")
def health(simulator: Simulator) -> Any:
    return client(simulator, "health")


def test_a_zone_in_trouble_is_an_issue_until_it_is_over(simulator: Simulator, health: Any) -> None:
    """Open with its zone, then closed with its end; EC2 says the same of the zone."""
    world = simulator.world
    assert health.describe_events(filter={"eventStatusCodes": ["open"]})["events"] == []
    faults.set_fault(world, "zone-impaired")
    (issue,) = health.describe_events(filter={"regions": [world.region], "eventStatusCodes": ["open"]})["events"]
    assert (issue["service"], issue["eventTypeCategory"], issue["statusCode"]) == ("EC2", "issue", "open")
    zones = client(simulator, "ec2").describe_availability_zones()["AvailabilityZones"]
    assert [zone["ZoneName"] for zone in zones if zone["State"] == "impaired"] == [issue["availabilityZone"]]
    advance(world, 600)
    faults.clear_fault(world, "zone-impaired")
    (ended,) = health.describe_events(filter={"services": ["EC2"]})["events"]
    assert ended["statusCode"] == "closed"
    assert ended["endTime"] - ended["startTime"] == timedelta(minutes=10)
    span = [{"from": ended["endTime"] + timedelta(seconds=1)}]
    assert health.describe_events(filter={"startTimes": span})["events"] == []


def test_what_events_here_do_not_have_is_refused(health: Any) -> None:
    """A filter that could only be answered falsely."""
    with pytest.raises(ClientError, match="NotSimulated"):
        health.describe_events(filter={"entityValues": ["i-1"]})
