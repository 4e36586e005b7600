"""Exactly the policy that is printed for the rollback, under a simulated AWS that asks policies before every call."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.catalogue.loader import load
from runbook_tui.catalogue.operator_policy import needed_by_action, operator_policy
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.core.forecast import Forecast, May, summary
from runbook_tui.core.verdict import Cause
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.forecasting import forecast
from runbook_tui.wiring.kit import Kit
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(clock=Clock(speed=0), enforce=True) as running:
        yield running


def documents(simulator: Simulator) -> list[dict[str, Any]]:
    return operator_policy(load("rollback"), all_checks(), load_site(simulator.site_path))


def attach(simulator: Simulator, policies: Sequence[dict[str, Any]], *, without: str = "") -> None:
    """To the role on call, in place of its own."""
    place, call = {"RoleName": "AsharviOnCall"}, simulator.world.call
    for one in call("iam", "ListAttachedRolePolicies", **place)["AttachedPolicies"]:
        call("iam", "DetachRolePolicy", **place, PolicyArn=one["PolicyArn"])
    for name in call("iam", "ListRolePolicies", **place)["PolicyNames"]:
        call("iam", "DeleteRolePolicy", **place, PolicyName=name)
    for number, document in enumerate(policies):
        kept = [
            {**statement, "Action": [action for action in statement["Action"] if action != without]}
            for statement in document["Statement"]
            if statement["Action"] != [without]
        ]
        text = json.dumps({**document, "Statement": kept})
        call("iam", "PutRolePolicy", **place, PolicyName=f"walk-{number}", PolicyDocument=text)


def denied(walker: Walker) -> list[str]:
    return [
        check
        for step in walker.state.steps.values()
        for check, verdict in step.verdicts.items()
        if verdict.cause is Cause.DENIED
    ]


_SIMULATE = {"Effect": "Allow", "Action": ["iam:SimulatePrincipalPolicy", "iam:GetRole"], "Resource": "*"}
LOOK = {"Version": "2012-10-17", "Statement": [_SIMULATE]}


def told(simulator: Simulator) -> dict[str, Forecast]:
    kit = Kit(load_site(simulator.site_path))
    return {one.step: one for one in forecast(kit, load("rollback"), "prod")}


def test_with_exactly_it_the_runbook_is_walked(simulator: Simulator, tmp_path: Path) -> None:
    """Every check is answered, the release is gone back to and the way back is planned, and what is watched meanwhile
    is read; nothing is denied."""
    attach(simulator, documents(simulator))
    before = len(tuple(simulator.world.trail))
    walker = Walker(simulator, tmp_path, "rollback", watched=True)
    try:
        walker.answer("finished")
        walker.change(revision="asharvi-backend-prod:1")
        walker.waited()
        assert walker.acting.until(lambda state: bool(state.steps["previous-revision"].seen))
        walker.go_on()
        assert denied(walker) == []
        assert not any(one.trouble for one in walker.state.steps["previous-revision"].seen)
        assert walker.acting.undone().stage is Stage.DONE
    finally:
        walker.close()
    made = tuple(simulator.world.trail)[before:]
    refused = [one.operation for one in made if "AccessDenied" in str(one.error) or "Unauthorized" in str(one.error)]
    assert refused == []
    plan = walker.state.changes[1].plan
    assert plan is not None
    assert set(plan.permissions) <= needed_by_action("ecs.rollback-to-revision")


def test_without_one_of_its_actions_the_change_is_refused(simulator: Simulator, tmp_path: Path) -> None:
    """The policy is needed whole."""
    attach(simulator, documents(simulator), without="ecs:UpdateService")
    walker = Walker(simulator, tmp_path, "rollback")
    try:
        walker.answer("finished")
        running = simulator.world.call(
            "ecs", "DescribeServices", cluster="asharvi-backend-cluster", services=["asharvi-backend-prod"]
        )
        other = "1" if running["services"][0]["taskDefinition"].endswith(":2") else "2"
        planned = walker.acting.planned(revision=f"asharvi-backend-prod:{other}")
        made = walker.acting.made(planned)
    finally:
        walker.close()
    assert made.stage is Stage.FAILED
    assert "ecs:UpdateService" in made.reason


def test_roles_are_handed_to_tasks_alone(simulator: Simulator) -> None:
    """Changes are allowed on the site's own things, and the roles may be passed to ECS tasks and nobody else."""
    statements = {
        action: statement
        for document in documents(simulator)
        for statement in document["Statement"]
        for action in statement["Action"]
    }
    passing = statements["iam:PassRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert all(":role/AsharviBackendEcs" in arn for arn in passing["Resource"])
    assert statements["ecs:UpdateService"]["Resource"] == [
        f"arn:aws:ecs:ap-south-1:123456789012:service/asharvi-backend-cluster/asharvi-backend-{name}"
        for name in ("staging", "prod")
    ]
    assert statements["ecs:DescribeServices"]["Resource"] == "*"


def test_what_may_be_done_is_told_before(simulator: Simulator) -> None:
    """Every step with the whole policy, the step whose action is missing without it, and nothing is green where IAM
    may not be asked."""
    whole = documents(simulator)
    attach(simulator, [*whole, LOOK])
    assert {one.may for one in told(simulator).values()} == {May.YES}
    attach(simulator, [*whole, LOOK], without="ecs:StopServiceDeployment")
    barred = [one for one in told(simulator).values() if one.may is not May.YES]
    assert barred == [Forecast(step="stop-deployment", may=May.NO, missing=("ecs:StopServiceDeployment",))]
    attach(simulator, whole)
    simulator.world.enforce = False
    unasked = told(simulator)
    simulator.world.enforce = True
    assert summary(unasked.values()) == (May.YES, "your sign-in may do every step: this simulated AWS asks no policies")
    blind = told(simulator)
    assert {one.may for one in blind.values()} == {May.UNKNOWN}
    may, text = summary(blind.values())
    assert may is May.UNKNOWN
    assert "unknown" in text
