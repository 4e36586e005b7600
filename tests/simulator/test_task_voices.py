"""What the application prints at the turns of a task's life, and what the trail tells of what ECS does by itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator import faults
from runbook_tui.simulator.faults_of.release import release
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.world import World
from tests.support.ecs_stage import Staged
from tests.support.stepped import CLUSTER, PROD, advance, stepped

pytestmark = pytest.mark.slow


_HEAP = "Reached heap limit Allocation failed - JavaScript heap out of memory"


@pytest.fixture
def world() -> Iterator[World]:
    with stepped() as simulator:
        advance(simulator.world, 1)
        yield simulator.world


def _printed(world: World, task: str) -> list[str]:
    """The messages of a task's stream, oldest first."""
    streams = world.backend("logs").groups["/aws/ecs/asharvi-backend-prod"].streams
    lines = [each.message for name, stream in streams.items() if name.endswith(task) for each in stream.events]
    return [json.loads(each)["msg"] if each.startswith("{") else each for each in lines]


def _running(world: World) -> list[str]:
    """The ids of the tasks that shall run in prod."""
    return [each["taskArn"].rpartition("/")[2] for each in Staged(world, PROD, "").tasks()]


def _died(world: World, behaviour: ImageBehaviour) -> list[str]:
    """The ids of the tasks that ended by themselves since a release of such an image."""
    release(world, behaviour)
    advance(world, 240)
    stopped = Staged(world, PROD, "").tasks("STOPPED")
    ended = [each for each in stopped if each.get("stopCode") == "EssentialContainerExited"]
    return [each["taskArn"].rpartition("/")[2] for each in ended]


def test_a_task_says_hello_and_goodbye(world: World) -> None:
    """It listens three seconds after it runs; told to end, it closes."""
    old = _running(world)[0]
    world.call("ecs", "UpdateService", cluster=CLUSTER, service=PROD, forceNewDeployment=True)
    advance(world, 600)
    assert _printed(world, old)[-2:] == ["SIGTERM received, closing server", "Server closed"]
    for new in _running(world):
        assert _printed(world, new)[:2] == ["MongoDB connected", "Server listening on http://0.0.0.0:3000"]


@pytest.mark.parametrize(
    ("behaviour", "last"),
    [
        (ImageBehaviour(crash_after=6), "Node.js v22.18.0"),
        (ImageBehaviour(out_of_heap_after=9), f"FATAL ERROR: {_HEAP}"),
        (ImageBehaviour(memory_mib=9000), "Server listening on http://0.0.0.0:3000"),
    ],
)
def test_a_task_that_dies_says_why_if_it_can(world: World, behaviour: ImageBehaviour, last: str) -> None:
    """Node.js and V8 have last words; who is killed by the kernel has none."""
    dead = _died(world, behaviour)
    assert dead
    assert {_printed(world, each)[-1] for each in dead} == {last}


def test_a_task_that_starts_without_its_database_says_so(world: World) -> None:
    """And that it listens all the same: the load balancer will ask it."""
    before = _running(world)
    faults.set_fault(world, "db-blackholed")
    advance(world, 300)
    hellos = [lines[:2] for task in _running(world) if task not in before and (lines := _printed(world, task))]
    selection = "MongoServerSelectionError: Server selection timed out after 30000 ms"
    assert hellos
    assert all(each == [selection, "Server listening on http://0.0.0.0:3000"] for each in hellos)


def _told(world: World, name: str) -> list[dict[str, Any]]:
    advance(world, 10)
    return [dict(each.body) for each in world.trail.events() if each.name == name and each.at > world.began]


def test_ecs_registers_targets_in_its_own_name(world: World) -> None:
    """By its service-linked role, without address or program; what is drained was deregistered before."""
    before = _running(world)
    world.call("ecs", "UpdateService", cluster=CLUSTER, service=PROD, forceNewDeployment=True)
    advance(world, 900)
    registered, deregistered = _told(world, "RegisterTargets"), _told(world, "DeregisterTargets")
    assert len(registered) == len(deregistered) == len(before)
    (event, *_) = registered
    assert event["userIdentity"]["arn"].endswith(":assumed-role/AWSServiceRoleForECS/ecs-service-scheduler")
    assert event["userIdentity"]["invokedBy"] == event["sourceIPAddress"] == event["userAgent"] == "ecs.amazonaws.com"
    assert {target["port"] for each in registered for target in each["requestParameters"]["targets"]} == {3000}


def test_scaling_changes_a_service_in_its_own_name(world: World) -> None:
    """Application Auto Scaling's own role, with the count that it set."""
    faults.set_fault(world, "traffic-spike")
    advance(world, 1200)
    events = _told(world, "UpdateService")
    assert events
    for event in events:
        assert event["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == (
            "AWSServiceRoleForApplicationAutoScaling_ECSService"
        )
        assert event["userIdentity"]["invokedBy"] == "ecs.application-autoscaling.amazonaws.com"
        assert event["requestParameters"]["desiredCount"] > 2
