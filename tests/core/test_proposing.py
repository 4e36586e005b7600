"""Which answer is marked, by what the checks have seen."""

import pytest

from runbook_tui.catalogue.loader import load
from runbook_tui.core.proposing import proposed
from runbook_tui.core.verdict import Cause, Verdict, passed, unknown, warn

STEADY = "ecs.service.steady"


def seen(status: str, rollout: str = "COMPLETED") -> Verdict:
    return passed("seen", service_deployment={"status": status}, deployments=[{"rollout_state": rollout}])


@pytest.mark.parametrize(
    ("verdict", "option"),
    [
        (seen("IN_PROGRESS", "IN_PROGRESS"), "running"),
        (seen("ROLLBACK_IN_PROGRESS"), "running"),
        (seen("SUCCESSFUL"), "finished"),
        (seen("ROLLBACK_FAILED", "FAILED"), "finished"),
        (warn("no release is listed", "", service_deployment="none listed", deployments=[]), None),
        (seen("ROLLBACK_SUCCESSFUL"), None),
        (unknown(Cause.DENIED, "denied", ""), None),
    ],
)
def test_the_rollback_proposes_its_cause(verdict: Verdict, option: str | None) -> None:
    """A release in progress is stopped, one that went out is replaced; where nothing tells, nothing is proposed."""
    ask = load("rollback").step("decide").ask
    assert ask is not None
    found = proposed(ask, {STEADY: verdict})
    assert (found.option if found is not None else None) == option


def test_nothing_is_proposed_before_the_check_has_answered() -> None:
    """There is no evidence yet."""
    ask = load("rollback").step("decide").ask
    assert ask is not None
    assert proposed(ask, {}) is None
