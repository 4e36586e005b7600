"""Checks live in the time of the world that they ask."""

from collections.abc import Iterator
from datetime import timedelta
from socketserver import BaseRequestHandler, TCPServer
from threading import Thread
from typing import Any

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.verdict import Status
from runbook_tui.engine.access import Access
from runbook_tui.simulator import faults
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.clocks import EndpointClock, SystemClock, clock_of
from runbook_tui.wiring.kit import Kit
from tests.support.stepped import advance
from tests.support.wire import Reply, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(clock=Clock(speed=0)) as simulator:
        yield simulator


@pytest.fixture
def kit(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Kit:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", simulator.credentials.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", simulator.credentials.secret_access_key)
    return Kit(load_site(simulator.site_path), Access())


class Still(SystemClock):
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed


def test_a_world_that_was_moved_on_is_found_there(simulator: Simulator, kit: Kit) -> None:
    """At the next look, by hours; and back to the second."""
    before = kit.checks.connection().aws.now()
    assert before == simulator.world.clock.now()
    advance(simulator.world, 7200)
    later = Kit(kit.site, Access()).checks.connection().aws.now()
    assert later - before == timedelta(hours=2)


def test_the_clock_of_a_simulated_world_agrees_with_itself(simulator: Simulator, kit: Kit) -> None:
    """Its answers bear its own time, so nothing is off; a machine that is slow is still found out."""
    advance(simulator.world, 3 * 3600)
    verdict = kit.checks.run("pre.clock", "")
    assert verdict.status is Status.PASS
    assert verdict.evidence["skew_s"] in (0, 1)  # a Date has whole seconds
    faults.set_fault(simulator.world, "clock-skew")
    try:
        kit.checks.begin_sweep()
        slow = kit.checks.run("pre.clock", "")
    finally:
        faults.clear_fault(simulator.world, "clock-skew")
    assert slow.status is Status.FAIL
    assert slow.because.startswith(("the clock is 3600 s behind AWS", "the clock is 3599 s behind AWS"))


def test_between_two_looks_time_runs_at_its_own_speed() -> None:
    """Twenty times ours; it is asked again after a second."""
    told = iter(["2026-01-01T10:00:00+00:00", "2026-01-01T12:00:00+00:00"])

    def says(_request: Any) -> Reply:
        return Reply(body=f'{{"now":"{next(told)}","speed":20}}'.encode())

    with serving(says) as wire:
        own = Still()
        clock = EndpointClock(wire.url(), own)
        first = clock.now()
        own.passed = 0.5
        assert (clock.now() - first).total_seconds() == 10
        own.passed = 1.5
        assert (clock.now() - first) == timedelta(hours=2)
        assert len(wire.asked) == 2


def test_who_looks_again_does_not_see_a_time_of_before() -> None:
    """Forgotten, it is asked again within the second; when it is too busy to answer, what it said last stands."""
    told = iter([b'{"now":"2026-01-01T10:00:00+00:00","speed":0}', b'{"now":"2026-01-01T12:00:00+00:00","speed":0}'])
    with serving(lambda _request: Reply(body=next(told))) as wire:
        clock = EndpointClock(wire.url(), Still())
        first = clock.now()
        clock.forget()
        later = clock.now()
    clock.forget()
    assert later - first == timedelta(hours=2)
    assert clock.now() == later


def test_an_endpoint_that_is_no_simulator_of_ours_has_our_time() -> None:
    """It is asked once and left alone."""
    with serving(lambda _request: Reply(status=404, body=b"no")) as wire:
        own = Still()
        clock = EndpointClock(wire.url(), own)
        for own.passed in (0.0, 5.0, 10.0):
            assert abs(clock.now() - own.now()) < timedelta(seconds=5)
        assert len(wire.asked) == 1


def test_the_live_world_is_never_asked() -> None:
    """How far this machine is off is for a check to find."""
    own = SystemClock()
    assert clock_of("https://ecs.example.test", own, simulated=False) is own
    assert clock_of(None, own, simulated=True) is own


def test_an_answer_that_does_not_come_is_not_asked_for_at_once_again() -> None:
    """A simulator that hangs up is asked once a second, however many want to know the time."""
    heard: list[int] = []

    class HangsUp(BaseRequestHandler):
        def handle(self) -> None:
            heard.append(1)

    with TCPServer(("127.0.0.1", 0), HangsUp) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        clock = EndpointClock(f"http://127.0.0.1:{server.server_address[1]}", SystemClock())
        for seconds in (5.0, 7.0, 7.0, 7.0):
            clock._own.monotonic = lambda: seconds  # type: ignore[method-assign]  # noqa: B023
            clock.now()
        server.shutdown()
        thread.join()
    assert len(heard) == 2
