"""The application's real processes: a real driver, a real database, a real gate between them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from runbook_tui.simulator.app.child import Child
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from tests.support.simulated_app import tasks
from tests.support.simulator import PROD_HOST, ROOT

pytestmark = pytest.mark.slow

SERVICE = "asharvi-backend-prod"
SPEED = 20.0  # the driver's half minute is a second and a half


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """With the process of prod up and connected."""
    with Simulator(clock=Clock(speed=SPEED)) as running:
        assert running.world.servers.wait_until_up(SERVICE, 15)
        yield running


def _ask(simulator: Simulator, path: str, *, number: int = 0) -> tuple[int, Any]:
    """One task's answer, past the load balancer."""
    world = simulator.world
    reply = world.servers.ask(tasks(world, SERVICE)[number], 3000, path, 60)
    return reply.status, json.loads(reply.body)


def _set(simulator: Simulator, mode: str, *, cut: bool = False) -> None:
    with simulator.world.lock:
        simulator.world.gate.set(mode, cut=cut)


def _becomes(simulator: Simulator, path: str, wanted: tuple[int, Any]) -> bool:
    """A driver notices in its own time; bounded by the number of questions."""
    return any(_ask(simulator, path) == wanted for _ in range(20))


def test_outage_established_connections_and_recovery(simulator: Simulator) -> None:
    """Behind a filter the old connections answer on; a cut is an outage; an open gate ends it."""
    ready, unready = (200, {"status": "ready"}), (503, {"status": "unavailable"})
    well = {"status": "ok", "environment": "prod", "version": "1.4.2", "database": "ok"}
    assert _ask(simulator, "/ready") == ready
    assert _ask(simulator, "/health-check") == (200, well)
    _set(simulator, "blackhole")
    assert [_ask(simulator, "/ready", number=each) for each in (0, 1, 0, 1)] == [ready] * 4
    _set(simulator, "blackhole", cut=True)
    assert _ask(simulator, "/ready") == unready
    assert _ask(simulator, "/health-check") == (200, {**well, "database": "degraded"})
    _set(simulator, "pass")
    assert _becomes(simulator, "/ready", ready)
    _set(simulator, "refuse", cut=True)
    assert _ask(simulator, "/ready") == unready
    _set(simulator, "pass")
    assert _becomes(simulator, "/health-check", (200, well))


def test_visitors_reach_the_process(simulator: Simulator) -> None:
    """Through the load balancer, and they are counted."""
    import ssl

    world = simulator.world
    since = world.clock.now()
    context = ssl.create_default_context(cadata=simulator.ingress.ca)
    with httpx.Client(verify=context, trust_env=False) as http:
        url = f"https://{simulator.ingress.https}/health-check"
        answer = http.get(url, headers={"Host": PROD_HOST}, extensions={"sni_hostname": PROD_HOST})
    assert answer.json()["database"] == "ok"
    (access,) = [each for each in world.traffic.between(since, world.clock.now()) if "tg-prod" in each.group]
    assert (access.status, access.from_target) == (200, True)


def test_a_process_that_died_is_replaced(simulator: Simulator) -> None:
    """The visitor who finds it dead gets a bad gateway; the next ones an answer."""
    servers = simulator.world.servers
    victim = servers.processes()[-1]
    os.kill(victim, signal.SIGKILL)
    assert _all_end([victim])
    world = simulator.world
    reply = servers.ask(tasks(world, SERVICE)[0], 3000, "/ready", 60)
    assert reply.status == 0
    assert servers.wait_until_up(SERVICE, 15)
    assert _ask(simulator, "/ready") == (200, {"status": "ready"})


def test_a_new_task_has_a_driver_of_its_own(simulator: Simulator) -> None:
    """Whoever starts behind a filter finds no database, beside one that answers."""
    world = simulator.world
    _set(simulator, "blackhole")
    try:
        old = tasks(world, SERVICE)[0]
        assert _ask(simulator, "/ready")[0] == 200
        with world.lock:
            world.servers.forget_task(old.id)
            world.app.forget(old.id)
            world.changed()
        assert _ask(simulator, "/ready")[0] == 503
        assert _ask(simulator, "/ready", number=1)[0] == 200
    finally:
        _set(simulator, "pass")


def test_children_end_with_their_parent(tmp_path: Path) -> None:
    """Even one that was killed: their stdin closes."""
    code = (
        "import time\nfrom runbook_tui.simulator.app.child import Child\n"
        "first, second = Child('database.py'), Child('server.py', '1')\n"
        "print(first.process, second.process, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(each) for each in parent.stdout.readline().split()]
        parent.kill()
    assert _all_end(children)


def _all_end(processes: list[int]) -> bool:
    left = processes
    for _ in range(100):
        left = [each for each in left if _lives(each)]
        if not left:
            return True
        time.sleep(0.05)
    return False


def _lives(process: int) -> bool:
    """One that waits to be buried has ended."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


def test_a_child_that_does_not_come_up_is_said() -> None:
    """And leaves nothing behind."""
    with pytest.raises(OSError, match="ended"):
        Child("server.py", "no number")
