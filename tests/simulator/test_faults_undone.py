"""Every fault shows through the stock API, its undo restores the world, and none of them calls out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from runbook_tui.simulator import faults
from runbook_tui.simulator.course import Course
from runbook_tui.simulator.registry import FAULTS
from runbook_tui.simulator.server import Simulator
from tests.support.account_dump import Account, changed
from tests.support.no_outside import guarded
from tests.support.stepped import advance, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

# fault -> the parts of the account that change with it, whatever follows from that
SHOWS = {
    "alarm-actions-off": {"alarms"},
    "at-max-capacity": {"scaling"},
    "bad-image": {"services", "definitions", "images"},
    "certificate-expired": {"certificates"},
    "certificate-near-expiry": {"certificates"},
    "circuit-breaker-off": {"services"},
    "clock-skew": {"services", "rules", "roles", "images", "names"},
    "cost-spike": {"costs"},
    "crash-loop": {"services", "definitions", "images"},
    "db-blackholed": {"health"},
    "db-refused": {"health"},
    "denied:ecs:DescribeServices": {"services"},
    "deployment-stuck": {"services"},
    "dns-wrong-target": {"names"},
    "drill-forgotten": {"acls", "health"},
    "endpoint-removed:ecr.dkr": {"endpoints"},
    "exec-role-ecr-denied": {"roles"},
    "exec-role-logs-denied": {"roles"},
    "exec-role-secret-denied": {"roles"},
    "expired": {"services", "rules", "roles", "images", "names"},
    "half-denied": {"logs", "alarms", "images", "roles"},
    "heap-oom": {"services", "definitions", "images"},
    "image-findings": {"scans"},
    "image-gone": {"images"},
    "key-leaked-old": {"users"},
    "listener-rule-gone": {"listeners"},
    "log-group-missing": {"logs"},
    "malformed:ecs:DescribeServices": {"services"},
    "nat-gone": {"routes"},
    "oom": {"services", "definitions", "images"},
    "ready-fails": {"services", "definitions", "images"},
    "region-down": {"services", "rules", "images"},
    "scaling-suspended": {"scaling"},
    "secret-key-missing": {"secrets"},
    "secret-missing": {"secrets"},
    "server-error:ecs:DescribeServices": {"services"},
    "sg-egress-db-closed": {"rules"},
    "sg-port-closed": {"rules", "health"},
    "slow-app": {"services", "definitions", "images"},
    "targets-unhealthy": {"health"},
    "task-quota": {"quotas"},
    "throttled:ecs:DescribeServices": {"services"},
    "traffic-spike": {"traffic"},
    "wrong-architecture": {"services", "definitions", "images"},
    "wrong-container-port": {"services", "definitions", "images"},
    "zone-impaired": {"zones"},
}
# Tasks that autoscaling has added stay while the hour's own load keeps them above the threshold of going.
LINGERS = {"traffic-spike": {"services", "health"}}
ELSEWHERE = {"slow", "traffic-growth", "pipeline-failed"}  # by themselves: one waits, one takes a week, one is GitHub's


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with guarded() as tried, stepped() as running:
        yield running
        assert tried == [], "something would have called out"


@pytest.fixture(scope="module")
def account(simulator: Simulator) -> Iterator[Account]:
    found = Account(simulator)
    yield found
    found.close()


def test_every_fault_is_in_the_table() -> None:
    """A new fault says here what it shows."""
    assert {name.partition(":")[0] for name in SHOWS} | ELSEWHERE == set(FAULTS)


@pytest.mark.parametrize("name", SHOWS)
def test_a_fault_shows_and_its_undo_restores(simulator: Simulator, account: Account, name: str) -> None:
    """What it breaks is seen at once or within two minutes; a quarter of an hour after its end all is as before."""
    world = simulator.world
    before = account.dump()
    faults.set_fault(world, name)
    try:
        seen = changed(before, account.dump())
        advance(world, 120)
        seen |= changed(before, account.dump())
    finally:
        faults.clear_fault(world, name)
    advance(world, 15 * 60)
    after = account.dump()
    assert seen >= SHOWS[name]
    left = changed(before, after) - LINGERS.get(name, set())
    assert {part: (before[part], after[part]) for part in left} == {}
    assert world.store(Course).troubles == []


def test_a_slow_action_waits(simulator: Simulator, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as was asked for, and only it."""
    waited: list[float] = []
    monkeypatch.setattr(simulator.world.stopping, "wait", waited.append)
    faults.set_fault(simulator.world, "slow:ecs:ListClusters:2.5")
    account.client("ecs").list_clusters()
    account.client("ecs").list_task_definitions()
    faults.clear_fault(simulator.world, "slow:ecs:ListClusters:2.5")
    account.client("ecs").list_clusters()
    assert waited == [2.5]


def test_traffic_grows_within_a_week(simulator: Simulator) -> None:
    """Three times as much in seven days; ended in time, it comes to nothing."""
    world = simulator.world
    then = world.clock.now() + timedelta(days=7)
    usual = world.load.rate("prod", then)
    faults.set_fault(world, "traffic-growth")
    grown = world.load.rate("prod", then)
    faults.clear_fault(world, "traffic-growth")
    after = world.load.rate("prod", then)
    assert grown / usual == pytest.approx(3, rel=0.01)
    assert after / usual == pytest.approx(1, rel=0.01)
