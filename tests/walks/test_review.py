"""The review after a release on the simulated world, branch by branch."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase
from runbook_tui.simulator import faults
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import client, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

WHY = "it has an owner"
RULE = "asharvi-backend-secret-rotation"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "review")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def signed(walker: Walker) -> None:
    assert walker.at == "report"
    walker.confirm(WHY)
    assert walker.state.phase is Phase.FINISHED


def test_a_release_that_is_well(walker: Walker) -> None:
    """Its account, secrets and cost too."""
    walker.go_on(WHY)
    walker.answer("known")
    walker.idle()
    walker.confirm(WHY)
    walker.answer("explained")
    signed(walker)


def test_what_nobody_knows_is_an_incident(walker: Walker) -> None:
    """A key that is gone already cannot be deactivated; and cost that grows has an owner."""
    walker.go_on(WHY)
    walker.answer("unknown-key")
    assert walker.at == "deactivate-key"
    walker.skip("the key was deleted meanwhile")
    walker.confirm(WHY)
    walker.idle()
    walker.confirm(WHY)
    walker.answer("grows")
    walker.confirm(WHY)
    signed(walker)


def test_something_else_that_nobody_knows(walker: Walker) -> None:
    """It is an incident as well."""
    walker.go_on(WHY)
    walker.answer("unknown")
    assert walker.at == "incident"


def test_nobody_hears_of_rotations(walker: Walker, simulator: Simulator) -> None:
    """The rule that was disabled is enabled again; the undo leaves it as it was found."""
    events = client(simulator, "events")
    events.disable_rule(Name=RULE)
    walker.go_on(WHY)
    walker.answer("known")
    assert walker.at == "rotation"
    made = walker.change()
    assert events.describe_rule(Name=RULE)["State"] == "ENABLED"
    walker.go_on(WHY)
    walker.acting.undone(made.number)
    walker.settle()
    assert events.describe_rule(Name=RULE)["State"] == "DISABLED"
    walker.confirm(WHY)
    assert walker.at == "cost"


@pytest.mark.parametrize(("way", "at"), [("owned", "activity"), ("incident", "report")])
def test_a_release_that_is_not_well(walker: Walker, simulator: Simulator, way: str, at: str) -> None:
    """It is looked at again, then owned, or the review ends."""
    faults.set_fault(simulator.world, "targets-unhealthy")
    walker.watched()
    walker.otherwise()
    walker.answer("repaired")
    walker.otherwise()
    walker.answer(way)
    assert walker.at == at
