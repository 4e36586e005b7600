"""The ways beside the straight one of the set-up, in an account where everything is missing; and made by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.core.commands import Recheck
from runbook_tui.core.state import Phase
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import client, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

LATER = "somebody else does it"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped("empty") as running:
        yield running


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, "setup", "staging")
    yield walking
    walking.close()


def left_out(walker: Walker, until: str, *made: str) -> None:
    """All steps on the way but those that are made."""
    while walker.at != until:
        if walker.at in made:
            walker.change()
        walker.skip(LATER)


def stopped(walker: Walker) -> None:
    assert walker.at == "stopped"
    walker.go_on()
    assert walker.state.phase is Phase.FINISHED


def test_made_by_hand_a_step_is_done_when_its_checks_say_so(walker: Walker, simulator: Simulator) -> None:
    """Guide me: nothing is planned, the operator acts elsewhere, looks again and goes on."""
    walker.answer("guide-me")
    left_out(walker, "passwords")
    assert walker.state.step.blocking
    client(simulator, "iam").update_account_password_policy(
        MinimumPasswordLength=14,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        AllowUsersToChangePassword=True,
        PasswordReusePrevention=24,
    )
    walker.acting.do(Recheck())
    walker.settle()
    walker.go_on()
    assert walker.at == "people"
    assert not walker.state.changes


def test_what_does_not_do_is_looked_at_again_or_ends_the_run(walker: Walker) -> None:
    """The range of the VPC, the way to AWS, the certificate, the tasks: each leads back, and to an end."""
    for step, beside, again in (
        ("vpc", "another-range", "looked"),
        ("endpoint-zones", "no-way-out", "repaired"),
        ("certificate-proof", "no-certificate", "again"),
        ("service", "tasks-fail", "again"),
    ):
        left_out(walker, step, "vpc", "private-subnets", "cluster")
        walker.otherwise()
        assert walker.at == beside
        walker.answer(again)
        assert walker.at == step
    walker.otherwise()
    walker.answer("later")
    stopped(walker)


@pytest.mark.parametrize(
    ("way", "first"), [("privatelink", "atlas-endpoint"), ("public", "atlas-project"), ("dynamodb", "tables")]
)
def test_each_database_has_its_way(walker: Walker, way: str, first: str) -> None:
    """All of them lead to the cluster."""
    left_out(walker, "database")
    walker.answer(way)
    assert walker.at == first
    left_out(walker, "cluster")
