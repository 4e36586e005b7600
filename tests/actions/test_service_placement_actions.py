"""Where tasks run, whom they serve, and how many the account lets run: put right and taken back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.core.change import Stage
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.quotas import ON_DEMAND, Granted
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, bench
from tests.support.stepped import CLUSTER, PROD, advance
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = pytest.mark.slow

FAIL, PASS = Status.FAIL, Status.PASS
LONG = 900.0  # a deployment ends within it
Broken = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


def service(world: Bench) -> dict[str, Any]:
    found: dict[str, Any] = world.client("ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"][0]
    return found


def look(world: Bench) -> Any:
    told = service(world)
    return {
        **told["networkConfiguration"]["awsvpcConfiguration"],
        "loadBalancers": told["loadBalancers"],
        "desiredCount": told["desiredCount"],
    }


def _one_subnet(told: dict[str, Any]) -> dict[str, Any]:
    placement = told["networkConfiguration"]["awsvpcConfiguration"]
    return {"networkConfiguration": {"awsvpcConfiguration": {**placement, "subnets": placement["subnets"][:1]}}}


def _open(told: dict[str, Any]) -> dict[str, Any]:
    placement = told["networkConfiguration"]["awsvpcConfiguration"]
    return {"networkConfiguration": {"awsvpcConfiguration": {**placement, "assignPublicIp": "ENABLED"}}}


@pytest.mark.parametrize(
    ("action", "check", "broken", "status"),
    [
        ("ecs.set-subnets", "ecs.service.subnets", _one_subnet, FAIL),
        ("ecs.set-task-group", "ecs.service.private", _open, Status.WARN),
        ("ecs.attach-target-group", "ecs.service.target-group", lambda _told: {"loadBalancers": []}, FAIL),
    ],
)
def test_it_is_put_right_and_taken_back(
    world: Bench, tmp_path: Path, action: str, check: str, broken: Broken, status: Status
) -> None:
    """By a deployment each time; refused while another one runs."""
    ecs = world.client("ecs")
    ecs.update_service(cluster=CLUSTER, service=PROD, **broken(service(world)))
    advance(world.inside.world, LONG)
    world.expect({check: status})
    made_and_undone(world.kit, tmp_path, action, lambda: look(world))
    advance(world.inside.world, LONG)
    refused_when_moved(
        world.kit,
        tmp_path,
        action,
        lambda: ecs.update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True),
    )
    advance(world.inside.world, LONG)
    world.made(tmp_path, action, {})
    advance(world.inside.world, LONG)
    world.expect({check: PASS})


def test_more_of_a_quota_is_asked_for_once(world: Bench, tmp_path: Path) -> None:
    """Idle while the request is open and when it was granted; it cannot be taken back, and says so."""
    with world.inside.world.lock:
        world.inside.world.store(Granted).changed[ON_DEMAND.code] = 4.0
    world.expect({"ecs.quota": FAIL})
    acting = Acting(world.kit, tmp_path, one_step("ecs.request-quota"), "prod")
    asked = acting.planned()
    assert [one.default for one in asked.questions] == ["16"]
    made = acting.made(acting.planned(vcpu="16"))
    assert made.stage is Stage.DONE, made.reason
    assert made.plan is not None
    assert "cannot be lowered" in made.plan.no_undo
    assert not made.undoable
    again = acting.planned(vcpu="16")
    assert again.plan is not None
    assert again.plan.idle
    assert "is open" in acting.planned(vcpu="20").reason
    assert "no number" in acting.planned(vcpu="many").reason
    advance(world.inside.world, 3600)
    world.expect({"ecs.quota": PASS})
    acting.close()
