"""Bills of worlds of their own: the same seed, what is built later, an account without any."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.cost.prices import NAT
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import client

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def world(scenario: str = "healthy") -> Simulator:
    return Simulator(scenario=scenario, clock=Clock(lambda: NOW, speed=0))


def bill(ce: Any, start: date, end: date, **more: Any) -> Any:
    asked = {"Granularity": "DAILY", "Metrics": ["UnblendedCost"], **more}
    return ce.get_cost_and_usage(TimePeriod={"Start": f"{start}", "End": f"{end}"}, **asked)["ResultsByTime"]


def test_the_same_seed_makes_the_same_bill() -> None:
    """Two worlds with the same seed and time have cost exactly the same, service by service, for a month."""
    told = []
    for _ in range(2):
        with world() as simulator:
            groups = [{"Type": "DIMENSION", "Key": "SERVICE"}]
            told.append(bill(client(simulator, "ce"), date(2026, 10, 1), date(2026, 11, 20), GroupBy=groups))
    assert told[0] == told[1]
    assert len(told[0]) == 50


def test_what_is_built_now_costs_from_tomorrow_on() -> None:
    """One more NAT gateway changes no bill of the past; in three days it stands in a whole day's."""
    with world() as simulator:
        ce, ec2 = client(simulator, "ce"), client(simulator, "ec2")
        before = bill(ce, date(2026, 11, 20), date(2026, 11, 21))
        there = ec2.describe_nat_gateways()["NatGateways"]
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        ec2.create_nat_gateway(SubnetId=there[0]["SubnetId"], AllocationId=address)
        assert bill(ce, date(2026, 11, 20), date(2026, 11, 21)) == before
        simulator.world.clock.advance(timedelta(days=3))
        usage = {"Dimensions": {"Key": "USAGE_TYPE", "Values": [NAT.usage]}}
        (told,) = bill(ce, date(2026, 11, 24), date(2026, 11, 25), Filter=usage)
        assert float(told["Total"]["UnblendedCost"]["Amount"]) == pytest.approx(
            (len(there) + 1) * 24 * NAT.usd, abs=1e-9
        )


def test_a_fresh_account_has_no_bill() -> None:
    """Nobody has enabled Cost Explorer there: no figure is made up, and a budget knows of no spend."""
    with world("empty") as simulator:
        with pytest.raises(ClientError) as refused:
            bill(client(simulator, "ce"), date(2026, 11, 1), date(2026, 11, 2))
        assert refused.value.response["Error"]["Code"] == "DataUnavailableException"
