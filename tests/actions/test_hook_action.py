"""The answer to a hook at which a deployment waits, on typed facts: the simulator has no hooks."""

from typing import Any

import pytest

from runbook_tui.actions.ecs.answering import answer_hook
from runbook_tui.catalogue.actions import CannotPlan, Inputs
from runbook_tui.core.plan import Plan
from tests.support.backend import healthy
from tests.support.backend_site import PROD, SITE
from tests.support.facts import Answers, answers, aws_of, with_answer
from tests.support.raw_ecs import release


def planned(world: Answers, **given: str) -> Plan:
    return answer_hook(aws_of(answers(world)), SITE, PROD, Inputs(given))


def waiting(**changes: Any) -> Answers:
    hooks = [{"hookId": "approve", "status": "AWAITING_ACTION"}, {"hookId": "test", "status": "SUCCEEDED"}]
    raw = {"serviceDeployments": [release("IN_PROGRESS", lifecycleHookDetails=hooks, **changes)]}
    world = with_answer(healthy(), "ecs", "list_service_deployments", raw)
    return with_answer(world, "ecs", "describe_service_deployments", raw)


@pytest.mark.parametrize("chosen", ["CONTINUE", "ROLLBACK"])
def test_the_hook_that_waits_is_answered(chosen: str) -> None:
    """With what the operator chose; there is no way back, and the plan says so."""
    plan = planned(waiting(), hook="approve", answer=chosen)
    (call,) = plan.calls
    assert call.operation == "continue_service_deployment"
    assert call.parameters == {
        "serviceDeploymentArn": release()["serviceDeploymentArn"],
        "hookId": "approve",
        "action": chosen,
    }
    assert plan.no_undo
    assert "ecs:ContinueServiceDeployment" in plan.permissions


@pytest.mark.parametrize("world", [healthy(), waiting()], ids=["no hook", "another hook"])
def test_only_a_hook_that_waits_is_answered(world: Answers) -> None:
    """One that is done, or none at all, cannot be chosen."""
    with pytest.raises(CannotPlan):
        planned(world, hook="test", answer="CONTINUE")
