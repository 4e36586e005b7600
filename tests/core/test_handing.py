"""A run is handed over between two steps, never in the middle of a change."""

from runbook_tui.core.change import Change, Stage
from runbook_tui.core.commands import HandOver
from runbook_tui.core.decide import decide
from runbook_tui.core.events import HandedOver, RunPaused
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import Phase, RunState
from tests.support.books import every_kind
from tests.support.runs import TestClock

GIVEN = HandOver(giver="a", taker="b")


def test_the_run_is_paused_for_the_taker() -> None:
    """A run that stands already is only handed over; one that is over is nobody's."""
    handed = HandedOver(giver="a", taker="b")
    running = RunState(current="look")
    paused = RunState(current="look", phase=Phase.PAUSED)
    assert decide(running, every_kind(), {}, GIVEN) == (handed, RunPaused(reason="handed over to b"))
    assert decide(paused, every_kind(), {}, GIVEN) == (handed,)
    assert isinstance(decide(RunState(phase=Phase.FINISHED), every_kind(), {}, GIVEN), Refusal)


def test_a_change_under_way_is_carried_to_its_end_first() -> None:
    """Its calls are by the one who confirmed it."""
    change = Change(number=1, step="look", action="a", stage=Stage.RUNNING, asked_at=TestClock().now())
    refused = decide(RunState(current="look", changes={1: change}), every_kind(), {}, GIVEN)
    assert isinstance(refused, Refusal)
    assert "under way" in refused.reason
