"""How much a plan asks of the one who confirms it."""

import pytest

from runbook_tui.core.confirmation import Confirmation, confirmation
from runbook_tui.core.plan import Plan, Risk


@pytest.mark.parametrize(
    ("risk", "environment", "asked"),
    [
        (Risk.CHANGE, "staging", Confirmation()),
        (Risk.DISRUPTIVE, "staging", Confirmation()),
        (Risk.DESTRUCTIVE, "staging", Confirmation(word="table")),
        (Risk.CHANGE, "prod", Confirmation(word="prod")),
        (Risk.DISRUPTIVE, "prod", Confirmation(word="prod", approver=True)),
        (Risk.DESTRUCTIVE, "prod", Confirmation(word="table", approver=True)),
    ],
)
def test_it_grows_with_risk_and_environment(risk: Risk, environment: str, asked: Confirmation) -> None:
    """A key; the environment's name; the resource's name; a second person in production."""
    plan = Plan(action="a", title="t", environment=environment, resource="table", effect="e", risk=risk, calls=())
    production = environment == "prod"
    assert confirmation(plan, production=production, approver_required=True, read_only=False) == asked
