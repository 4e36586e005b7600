"""Settings of the service: each put right, taken back, and refused when somebody was faster."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.wiring.kit import Kit
from tests.support.inside import Inside
from tests.support.stepped import stepped
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = pytest.mark.slow

PLACE = {"cluster": "asharvi-backend-cluster", "service": "asharvi-backend-prod"}
BREAKER_OFF = {
    "deploymentConfiguration": {
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "alarms": {"alarmNames": [], "enable": False, "rollback": False},
    }
}
HALF = {
    "deploymentConfiguration": {
        "minimumHealthyPercent": 50,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    }
}
CASES: dict[str, dict[str, Any]] = {
    "ecs.exec-off": {"enableExecuteCommand": True},
    "ecs.rebalancing-on": {"availabilityZoneRebalancing": "DISABLED"},
    "ecs.set-grace": {"healthCheckGracePeriodSeconds": 5},
    "ecs.circuit-breaker-on": BREAKER_OFF,
    "ecs.set-deploy-percent": HALF,
}


@pytest.fixture(scope="module")
def kit(inside: Inside) -> Kit:
    return Kit(load_site(inside.simulator.site_path))


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped() as simulator:
        yield Inside(simulator)


def look(inside: Inside) -> Any:
    service = inside.client("ecs").describe_services(cluster=PLACE["cluster"], services=[PLACE["service"]])
    fields = (
        "enableExecuteCommand",
        "availabilityZoneRebalancing",
        "healthCheckGracePeriodSeconds",
        "deploymentConfiguration",
        "taskDefinition",
        "desiredCount",
    )
    return {field: service["services"][0].get(field) for field in fields}


@pytest.mark.parametrize("action", CASES)
def test_it_is_put_right_and_taken_back(inside: Inside, kit: Kit, tmp_path: Path, action: str) -> None:
    """From a wrong setting to the right one and back, with nothing else touched."""
    inside.client("ecs").update_service(**PLACE, **CASES[action])
    made = made_and_undone(kit, tmp_path, action, lambda: look(inside))
    assert made.plan is not None
    assert [call.operation for call in made.plan.calls] == ["update_service"]


@pytest.mark.parametrize("action", ["ecs.exec-off", "ecs.circuit-breaker-on"])
def test_it_is_refused_when_somebody_was_faster(inside: Inside, kit: Kit, tmp_path: Path, action: str) -> None:
    """Another hand put it right between the plan and its confirmation."""
    ecs = inside.client("ecs")
    ecs.update_service(**PLACE, **CASES[action])
    right: dict[str, Any] = {
        "ecs.exec-off": {"enableExecuteCommand": False},
        "ecs.circuit-breaker-on": {
            "deploymentConfiguration": {
                **BREAKER_OFF["deploymentConfiguration"],
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                "alarms": {"alarmNames": [f"{PLACE['service']}-5xx"], "enable": True, "rollback": True},
            }
        },
    }
    refused_when_moved(kit, tmp_path, action, lambda: ecs.update_service(**PLACE, **right[action]))
