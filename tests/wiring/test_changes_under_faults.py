"""A change while AWS is not at its best: who hears what, what is made how often, and how it goes on."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.change_commands import ConfirmPlan
from runbook_tui.core.change_events import CallStarted
from runbook_tui.core.commands import Continue
from runbook_tui.core.events import Entry
from runbook_tui.core.state import Phase, RunState
from runbook_tui.engine.access import Access
from runbook_tui.simulator.faults import clear_fault, set_fault
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.between import Between, between, cut_after, cut_before, slow, throttled
from tests.support.stepped import advance, stepped
from tests.support.wire import Wire

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]


class Restarting(Acting):
    """Restarts the tasks of staging. ``at_the_call`` is done when the call is on disk and has not left."""

    def __init__(self, simulator: Simulator, hands: Between, wire: Wire, folder: Path) -> None:
        self.at_the_call: Callable[[], object] = lambda: None
        self.hands = hands
        self.wire = wire
        self.simulator = simulator
        kit = Kit(load_site(simulator.site_path), Access(endpoint_url=wire.url()))
        super().__init__(kit, folder, one_step("ecs.restart"))

    def _hear(self, entries: Sequence[Entry], state: RunState) -> None:
        if any(isinstance(entry.event, CallStarted) for entry in entries):
            self.at_the_call()
        super()._hear(entries, state)

    def does(self, *what: Any) -> None:
        """With the next requests that would restart it."""
        self.hands.does["UpdateService"] = list(what)

    def restarted(self) -> Change:
        return self.made(self.looked_at())

    def looked_at(self) -> Change:
        """Planned when the former restart is over."""
        advance(self.simulator.world, 900)
        return self.planned()

    def sets(self, fault: str) -> None:
        with self.simulator.world.lock:
            set_fault(self.simulator.world, fault)

    def clears(self, fault: str) -> None:
        with self.simulator.world.lock:
            clear_fault(self.simulator.world, fault)

    def calls(self) -> int:
        """How often AWS was really asked to."""
        return self.hands.passed.count("UpdateService")

    def goes_on(self) -> None:
        """As if nothing had been: planned anew, made once more."""
        before = self.calls()
        assert self.restarted().stage is Stage.DONE
        assert self.calls() == before + 1


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def acting(simulator: Simulator, tmp_path: Path) -> Iterator[Restarting]:
    with between(simulator.endpoint_url) as (hands, wire):
        found = Restarting(simulator, hands, wire, tmp_path)
        yield found
        found.close()


def stopped(state: RunState) -> bool:
    return state.phase is Phase.STOPPED


def test_sign_in_that_ran_out_before_the_second_look(acting: Restarting) -> None:
    """The run stops with the remedy before anything was called, and goes on with a new way to AWS."""
    planned = acting.looked_at()
    former = acting.kit.checks.connection()
    acting.sets("expired")
    acting.do(ConfirmPlan(digest=planned.digest, typed=planned.confirmation.word), stopped)
    assert acting.change.stage is Stage.REFUSED
    assert acting.state.remedy
    assert acting.calls() == 0
    acting.clears("expired")
    assert acting.do(Continue()) is None
    assert acting.kit.checks.connection() is not former
    acting.goes_on()


def test_sign_in_that_ran_out_at_the_call(acting: Restarting) -> None:
    """The call failed for sure, the run stops, and after the sign-in it is planned again."""
    acting.at_the_call = lambda: acting.sets("expired")
    planned = acting.looked_at()
    acting.do(ConfirmPlan(digest=planned.digest, typed=planned.confirmation.word), stopped)
    assert acting.change.stage is Stage.FAILED
    assert "SignInExpired" in acting.change.reason
    acting.clears("expired")
    acting.at_the_call = lambda: None
    assert acting.do(Continue()) is None
    acting.goes_on()


def test_a_permission_that_lacks(acting: Restarting) -> None:
    """The change fails with AWS's reason and the action's name; with the permission it is made."""
    acting.sets("denied:ecs:UpdateService")
    failed = acting.restarted()
    assert failed.stage is Stage.FAILED
    assert "AccessDenied" in failed.reason
    assert "ecs:UpdateService" in failed.reason + failed.remedy
    assert acting.state.phase is Phase.RUNNING
    acting.clears("denied:ecs:UpdateService")
    acting.goes_on()


def test_a_refusal_to_hurry_is_tried_again(acting: Restarting) -> None:
    """The call comes through at the second time, and is made once."""
    acting.does(throttled)
    assert acting.restarted().stage is Stage.DONE
    assert acting.calls() == 1


def test_a_call_of_five_seconds_is_waited_for(acting: Restarting) -> None:
    """It is not repeated, and it is no doubt."""
    acting.does(slow(5))
    assert acting.restarted().stage is Stage.DONE
    assert acting.calls() == 1


@pytest.mark.parametrize(("cut", "happened"), [(cut_after, True), (cut_before, False)])
def test_a_connection_cut_at_the_call_is_a_doubt(acting: Restarting, cut: Any, happened: bool) -> None:
    """Whether AWS did it or not: nobody heard. It is not repeated; what an operator says settles it."""
    acting.does(cut)
    assert acting.restarted().stage is Stage.IN_DOUBT
    assert acting.calls() == int(happened)
    assert acting.settled(happened=happened).stage is (Stage.DONE if happened else Stage.FAILED)
    acting.goes_on()


def test_a_call_that_never_left_is_no_doubt(acting: Restarting) -> None:
    """Nobody listens any more: the change failed, nothing has to be looked up."""
    acting.at_the_call = acting.wire.close
    failed = acting.restarted()
    assert failed.stage is Stage.FAILED
    assert failed.remedy
    assert acting.calls() == 0
