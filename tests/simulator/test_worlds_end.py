"""Worlds that have ended leave nothing behind: thousands of them are made in one run of the tests."""

import gc
import threading
import weakref

import pytest

from runbook_tui.simulator import faults
from runbook_tui.simulator.world import World
from tests.support.stepped import CLUSTER, PROD, advance, client, connected, stepped

pytestmark = pytest.mark.slow


def _lived_through() -> "weakref.ref[World]":
    """A world in which a good deal has happened, asked over the wire and from inside."""
    with stepped() as simulator:
        world = simulator.world
        ecs, logs = client(simulator, "ecs"), client(simulator, "logs")
        ecs.update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True)
        for name in ("db-blackholed", "crash-loop", "traffic-spike"):
            faults.set_fault(world, name)
            advance(world, 120)
        logs.filter_log_events(logGroupName="/aws/ecs/asharvi-backend-prod")
        client(simulator, "cloudtrail").lookup_events()
        connected(world)
        return weakref.ref(world)


def test_an_ended_world_is_collected() -> None:
    """Nothing of this process holds it: no registry, no cache, no thread."""
    before = set(threading.enumerate())
    worlds = [_lived_through() for _ in range(3)]
    gc.collect()
    assert [world() for world in worlds] == [None, None, None]
    assert set(threading.enumerate()) <= before


def test_a_task_that_ecs_has_forgotten_is_collected() -> None:
    """moto keeps no list of its own of every object that it ever made."""
    with stepped() as simulator:
        world = simulator.world
        (task, *_) = world.backend("ecs").tasks[CLUSTER].values()
        gone = weakref.ref(task)
        world.call("ecs", "StopTask", cluster=CLUSTER, task=task.task_arn)
        del task
        advance(world, 3600 + 400)
        gc.collect()
        assert gone() is None
