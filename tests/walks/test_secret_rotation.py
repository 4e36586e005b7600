"""The rotation of a secret on the simulated world, branch by branch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase
from runbook_tui.simulator import faults
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import CLUSTER, PROD, client, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SECRET = "asharvi/backend/prod"
TYPED = "a-new-signing-key-that-nobody-sees-0123456789"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "secret-rotation")
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok
    assert TYPED not in walking.acting.journal.path.read_text()


def held(simulator: Simulator) -> Any:
    return json.loads(client(simulator, "secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"])


def tasks(simulator: Simulator) -> set[str]:
    return set(client(simulator, "ecs").list_tasks(cluster=CLUSTER, serviceName=PROD)["taskArns"])


def stored(walker: Walker, value: str = TYPED) -> None:
    """From the first question to a new value that is current."""
    walker.answer("typed")
    walker.confirm()
    assert walker.at == "store"
    walker.acting.kit.changes.supply("prod-JWT_SECRET", value)
    walker.pass_time(5)
    walker.change(key="JWT_SECRET")


def gone_back(walker: Walker, simulator: Simulator, before: Any) -> None:
    """From the step that takes the former value back to the end."""
    assert walker.at == "back"
    versions = client(simulator, "secretsmanager").describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    (former,) = (version for version, stages in versions.items() if "AWSPREVIOUS" in stages)
    walker.change(version=former)
    assert held(simulator) == before
    walker.go_on()
    assert walker.at == "restart-back"
    walker.change()
    walker.waited()
    walker.go_on()
    assert walker.at == "postpone"
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def restarted(walker: Walker) -> None:
    assert walker.at == "restart"
    walker.change()
    walker.waited()
    walker.go_on()


def test_a_typed_value_is_stored_read_and_proven(walker: Walker, simulator: Simulator) -> None:
    """One key is another, all tasks are new, and the old credential is revoked last."""
    before, former = held(simulator), tasks(simulator)
    stored(walker)
    assert held(simulator) == {**before, "JWT_SECRET": TYPED}
    walker.go_on()
    restarted(walker)
    assert former.isdisjoint(tasks(simulator))
    assert walker.at == "verify"
    walker.go_on()
    assert walker.at == "revoke"
    walker.confirm()
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def test_a_blank_value_is_taken_back_at_once(walker: Walker, simulator: Simulator) -> None:
    """The check of the keys fails after it was stored: the former version is current again before a task reads it."""
    before = held(simulator)
    stored(walker, " ")
    walker.otherwise()
    gone_back(walker, simulator, before)


def test_a_value_that_does_not_work_is_taken_back(walker: Walker, simulator: Simulator) -> None:
    """The application no longer answers with the new value; it is not revoked but taken back."""
    before = held(simulator)
    stored(walker)
    walker.go_on()
    walker.change()
    walker.waited()
    faults.set_fault(simulator.world, "db-refused")
    walker.pass_time(60)
    walker.go_on()
    assert walker.at == "verify"
    walker.otherwise()
    faults.clear_fault(simulator.world, "db-refused")
    walker.pass_time(60)
    gone_back(walker, simulator, before)


def test_a_stuck_rotation_is_left_or_done_by_hand(walker: Walker) -> None:
    """From a function that makes nothing current the operator goes round, then by hand."""
    walker.answer("function")
    walker.confirm()
    assert walker.at == "rotated"
    walker.answer("look")
    walker.answer("stuck")
    assert walker.at == "stuck"
    walker.answer("again")
    walker.confirm()
    walker.answer("stuck")
    walker.answer("typed")
    assert walker.at == "new-credential"


def test_a_function_that_has_rotated_leads_to_the_restart(walker: Walker) -> None:
    """Its version is current."""
    walker.answer("function")
    walker.confirm()
    walker.answer("current")
    assert walker.at == "restart"


@pytest.mark.parametrize("way", [["nothing"], ["function", "", "stuck", "stop"]])
def test_nothing_is_rotated_today(walker: Walker, way: list[str]) -> None:
    """The run ends with a reason and a new date."""
    for option in way:
        walker.answer(option) if option else walker.confirm()
    assert walker.at == "postpone"
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED
