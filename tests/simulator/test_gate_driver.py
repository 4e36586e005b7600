"""What a task's modelled driver makes of a gate that closes and opens: answers, seconds, log lines."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator.app.gate import Mode, Way
from runbook_tui.simulator.application import Reply
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.world import World
from tests.support.simulated_app import step, stepped_simulator, tasks

pytestmark = pytest.mark.slow

SERVICE = "asharvi-backend-prod"


@pytest.fixture(scope="module")
def healthy() -> Iterator[World]:
    with stepped_simulator() as simulator:
        yield simulator.world


@pytest.fixture
def world(healthy: World) -> Iterator[World]:
    """With an open gate before and after."""
    yield healthy
    healthy.gate.set("pass")


def _ask(world: World, path: str = "/ready", *, number: int = 0) -> Reply:
    return world.app.reply(tasks(world, SERVICE)[number], 3000, path)


def _database(reply: Reply) -> Any:
    return json.loads(reply.body)["database"]


def test_an_open_gate_is_a_quick_answer(world: World) -> None:
    """Ready, and the smoke route says that the database is well."""
    assert (_ask(world).status, json.loads(_ask(world).body)) == (200, {"status": "ready"})
    assert json.loads(_ask(world, "/health-check").body) == {
        "status": "ok",
        "environment": "prod",
        "version": "1.4.2",
        "database": "ok",
    }


def test_established_connections_outlive_a_blackhole(world: World) -> None:
    """Only who connects anew is in trouble."""
    world.gate.set("blackhole")
    assert _ask(world).status == 200
    assert _database(_ask(world, "/health-check")) == "ok"


def test_a_cut_costs_half_a_minute(world: World) -> None:
    """The driver looks for a server for 30 seconds; the smoke route says that it is degraded."""
    world.gate.set("blackhole", cut=True)
    reply = _ask(world)
    assert (reply.status, reply.seconds) == (503, 30.0)
    assert reply.error == "MongoServerSelectionError: Server selection timed out after 30000 ms"
    assert (_ask(world, "/health-check").status, _database(_ask(world, "/health-check"))) == (200, "degraded")


def test_what_was_cut_does_not_come_back_through_a_filter(world: World) -> None:
    """A gate that is still closed for new connections keeps the driver out."""
    world.gate.set("blackhole", cut=True)
    world.gate.set("blackhole")
    assert _ask(world).status == 503
    world.gate.set("pass")
    assert _ask(world).status == 200


def test_a_refusal_says_so(world: World) -> None:
    """In the words of Node.js, with the database's address."""
    world.gate.set(Mode.REFUSE, cut=True)
    assert _ask(world).error == "MongoServerSelectionError: connect ECONNREFUSED 192.168.248.10:27017"


def test_a_blockage_covers_the_tasks_that_it_names(world: World) -> None:
    """Two at once add up, and each is lifted by itself."""
    first, second = tasks(world, SERVICE)
    lift_first = world.gate.block("blackhole", cut=True, tasks=[first.id])
    lift_all = world.gate.block("refuse", cut=False)
    assert world.gate.way_of(first) == Way(Mode.BLACKHOLE, cut=True)
    assert world.gate.way_of(second) == Way(Mode.REFUSE, cut=False)
    assert [_ask(world, number=0).status, _ask(world, number=1).status] == [503, 200]
    lift_first()
    lift_first()
    assert world.gate.way_of(first) == Way(Mode.REFUSE, cut=False)
    lift_all()
    assert [_ask(world, number=0).status, _ask(world, number=1).status] == [200, 200]


def test_an_unknown_mode_is_no_mode(world: World) -> None:
    """And changes nothing."""
    with pytest.raises(ValueError, match="is not a valid Mode"):
        world.gate.set("open")
    assert _ask(world).status == 200


def test_a_spoiled_readiness_answers_at_once(world: World) -> None:
    """The smoke route does not care."""
    world.ready_status[SERVICE] = 500
    try:
        assert (_ask(world).status, _ask(world).seconds < 1) == (500, True)
        assert _ask(world, "/health-check").status == 200
    finally:
        del world.ready_status[SERVICE]


def test_an_image_decides_how_its_tasks_answer(world: World) -> None:
    """Slowly, with errors, or never ready."""
    container = tasks(world, SERVICE)[0].containers[0]
    key = ("asharvi-backend-prod", container.image_digest)
    world.images[key] = ImageBehaviour(ready_status=503, latency_factor=10, error_rate=1.0)
    try:
        assert (_ask(world).status, _ask(world).seconds) == (503, 0.12)
        assert _ask(world, "/health-check").status == 500
    finally:
        del world.images[key]


def test_another_port_and_another_path(world: World) -> None:
    """Nothing listens on the one; the other is not found."""
    task = tasks(world, SERVICE)[0]
    assert world.app.reply(task, 8080, "/ready").status == 0
    assert _ask(world, "/other").status == 404


def test_the_log_says_when_the_database_went_and_came(world: World) -> None:
    """A line a task, at the moment itself."""
    world.gate.set("blackhole", cut=True)
    step(world, 1)
    world.gate.set("pass")
    step(world, 1)
    group = ENVIRONMENTS["prod"].log_group
    events = world.call("logs", "FilterLogEvents", logGroupName=group, filterPattern="MongoDB")["events"]
    told = [json.loads(each["message"])["msg"] for each in sorted(events, key=lambda each: int(each["timestamp"]))]
    assert told[-4:] == ["MongoDB disconnected"] * 2 + ["MongoDB connected"] * 2


def test_a_stepped_clock_has_no_processes(world: World) -> None:
    """A driver that waits needs time that passes: its answers are modelled, and nobody waits."""
    world.gate.set("blackhole", cut=True)
    reply = world.servers.ask(tasks(world, SERVICE)[0], 3000, "/ready", 60)
    assert (reply.status, reply.seconds, world.servers.processes()) == (503, 30.0, [])
