"""More tasks at set hours: scheduled, taken back, refused."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.actions.ecs.scheduling import cron
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.stepped import CLUSTER, PROD, client, stepped
from tests.support.undoable import made_and_undone, refused_when_moved

ACTION = "ecs.schedule-scaling"
TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{PROD}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
WEEKDAYS = {"days": "mon, FRI,wed", "start": "12", "end": "15", "lowest": "4"}


@pytest.mark.parametrize(
    ("days", "hours", "expected"),
    [
        (("MON", "FRI"), 11.75, "cron(45 11 ? * MON,FRI *)"),
        (("MON", "FRI"), -0.25, "cron(45 23 ? * THU,SUN *)"),
        (("FRI", "SUN"), 24.0, "cron(0 0 ? * MON,SAT *)"),
    ],
)
def test_a_time_of_another_day_moves_the_days(days: tuple[str, ...], hours: float, expected: str) -> None:
    """A quarter before midnight is the day before, and hour 24 the day after."""
    assert cron(days, timedelta(hours=hours)) == expected


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture(scope="module")
def kit(simulator: Simulator) -> Kit:
    return Kit(load_site(simulator.site_path))


def schedule(simulator: Simulator) -> Any:
    asked = {"ServiceNamespace": "ecs", "ResourceId": TARGET["ResourceId"]}
    found = client(simulator, "application-autoscaling").describe_scheduled_actions(**asked)["ScheduledActions"]
    return {
        one["ScheduledActionName"]: (one["Schedule"], one.get("Timezone"), one["ScalableTargetAction"]) for one in found
    }


@pytest.mark.slow
def test_a_window_of_the_week_is_scheduled_and_taken_back(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """One action raises the lowest number before the window, another one gives it back after it."""
    seen: list[Any] = []

    def look() -> Any:
        seen.append(schedule(simulator))
        return seen[-1]

    made_and_undone(kit, tmp_path, ACTION, look, WEEKDAYS)
    assert seen[1] == {
        f"{PROD}-up": ("cron(45 11 ? * MON,WED,FRI *)", "UTC", {"MinCapacity": 4}),
        f"{PROD}-down": ("cron(0 15 ? * MON,WED,FRI *)", "UTC", {"MinCapacity": 2}),
    }


@pytest.mark.slow
def test_a_former_schedule_comes_back_and_is_not_overwritten(simulator: Simulator, kit: Kit, tmp_path: Path) -> None:
    """As it was, its upper bound and its time zone with it; refused when somebody changed it meanwhile."""
    autoscaling = client(simulator, "application-autoscaling")
    former = {**TARGET, "ScheduledActionName": f"{PROD}-up", "Timezone": "Asia/Kolkata"}
    bounds = {"MinCapacity": 3, "MaxCapacity": 5}
    autoscaling.put_scheduled_action(**former, Schedule="cron(0 9 ? * MON *)", ScalableTargetAction=bounds)
    made_and_undone(kit, tmp_path, ACTION, lambda: schedule(simulator), WEEKDAYS)

    def move() -> None:
        autoscaling.put_scheduled_action(**former, Schedule="cron(0 10 ? * MON *)", ScalableTargetAction=bounds)

    refused_when_moved(kit, tmp_path, ACTION, move, WEEKDAYS)
    autoscaling.delete_scheduled_action(**TARGET, ScheduledActionName=f"{PROD}-up")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"lowest": "9"}, "outside 2 to 6"),
        ({"lowest": "2"}, "outside 2 to 6"),
        ({"start": "15"}, "ends before it begins"),
        ({"days": "MONDAY"}, "cannot be read"),
        ({"end": "25"}, "no number"),
    ],
)
def test_what_cannot_be_kept_is_not_planned(kit: Kit, tmp_path: Path, wrong: dict[str, str], says: str) -> None:
    """With the remedy in the refusal."""
    acting = Acting(kit, tmp_path, one_step(ACTION), "prod")
    try:
        change = acting.planned(**{**WEEKDAYS, **wrong})
        assert change.stage is Stage.REFUSED
        assert says in change.reason
        assert change.remedy
    finally:
        acting.close()
