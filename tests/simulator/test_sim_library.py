"""The simulator inside a process, on a clock of the test's own."""

from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.stepped import advance

pytestmark = pytest.mark.slow

CLUSTER = "asharvi-backend-cluster"
SERVICE = "asharvi-backend-prod"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with Simulator(clock=Clock(speed=0)) as simulator:
        yield simulator.world


def _tasks(world: World, status: str) -> list[str]:
    answer = world.call("ecs", "ListTasks", cluster=CLUSTER, serviceName=SERVICE, desiredStatus=status)
    arns: list[str] = answer["taskArns"]
    return arns


def _service(world: World) -> Any:
    (service,) = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[SERVICE])["services"]
    return service


def _targets(world: World) -> set[str]:
    (group,) = world.call("elbv2", "DescribeTargetGroups", Names=["asharvi-backend-tg-prod"])["TargetGroups"]
    answer = world.call("elbv2", "DescribeTargetHealth", TargetGroupArn=group["TargetGroupArn"])
    found = answer["TargetHealthDescriptions"]
    return {each["Target"]["Id"] for each in found if each["TargetHealth"]["State"] != "draining"}


def test_only_one_lives_in_a_process(world: World) -> None:
    """moto's state is the process's: a second simulator would share it."""
    with pytest.raises(UsageProblem, match="already runs"), Simulator():
        pass


def test_a_stopped_task_is_replaced_and_stays_visible_for_an_hour(world: World) -> None:
    """With its reason and code; then ECS forgets it."""
    victim = _tasks(world, "RUNNING")[0]
    world.call("ecs", "StopTask", cluster=CLUSTER, task=victim, reason="practice")
    assert _tasks(world, "STOPPED") == [victim]
    advance(world, 120)
    (stopped,) = world.call("ecs", "DescribeTasks", cluster=CLUSTER, tasks=[victim])["tasks"]
    assert (stopped["lastStatus"], stopped["stopCode"], stopped["stoppedReason"]) == (
        "STOPPED",
        "UserInitiated",
        "practice",
    )
    assert victim not in _tasks(world, "RUNNING")
    assert len(_tasks(world, "RUNNING")) == len(_targets(world)) == 2
    advance(world, 3600)
    assert _tasks(world, "STOPPED") == []


def test_scaling_starts_and_stops_tasks_and_targets(world: World) -> None:
    """Counts, tasks and targets agree when it is done; the other service's tasks are not counted."""
    for wanted in (4, 2):
        world.call("ecs", "UpdateService", cluster=CLUSTER, service=SERVICE, desiredCount=wanted)
        advance(world, 180)
        service = _service(world)
        assert (service["desiredCount"], service["runningCount"], service["pendingCount"]) == (wanted, wanted, 0)
        assert service["deployments"][0]["runningCount"] == wanted
        assert len(_tasks(world, "RUNNING")) == len(_targets(world)) == wanted
    (cluster,) = world.call("ecs", "DescribeClusters", clusters=[CLUSTER])["clusters"]
    assert cluster["runningTasksCount"] == 4


def test_what_the_engine_does_not_know_is_no_false_success(world: World) -> None:
    """It is refused, and the service stays as it was."""
    before = _service(world)
    for members in (
        {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]},
        {"deploymentConfiguration": {"strategy": "CANARY"}},
    ):
        with pytest.raises(Refused, match="is not simulated") as raised:
            world.call("ecs", "UpdateService", cluster=CLUSTER, service=SERVICE, desiredCount=9, **members)
        assert raised.value.code == "NotSimulated"
    assert _service(world) == before


def test_unknown_services_and_tasks_are_missing(world: World) -> None:
    """In the words of ECS: failures for what is described, an exception for what is listed."""
    answer = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=["nobody"])
    assert [each["reason"] for each in answer["failures"]] == ["MISSING"]
    answer = world.call("ecs", "DescribeTasks", cluster=CLUSTER, tasks=["0" * 32])
    assert (answer["tasks"], [each["reason"] for each in answer["failures"]]) == ([], ["MISSING"])
    with pytest.raises(Refused) as raised:
        world.call("ecs", "ListTasks", cluster=CLUSTER, serviceName="nobody")
    assert raised.value.code == "ServiceNotFoundException"
    with pytest.raises(Refused) as raised:
        world.call("ecs", "ListTasks", cluster="nowhere")
    assert raised.value.code == "ClusterNotFoundException"


def test_more_than_ten_services_at_once_are_refused(world: World) -> None:
    """As AWS does, so that a reader that does not chunk is found out."""
    with pytest.raises(Refused, match="at most 10"):
        world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[f"s{number}" for number in range(11)])


def test_a_crash_inside_moto_is_one_refusal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever moto raises, the client reads NotSimulated and what happened."""

    def crash(*_arguments: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(type(world.backend("ecs")), "list_clusters", crash)
    with pytest.raises(Refused, match="ZeroDivisionError: boom") as raised:
        world.call("ecs", "ListClusters")
    assert (raised.value.code, raised.value.status) == ("NotSimulated", 400)
