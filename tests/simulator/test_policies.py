"""The judge of IAM policies."""

from typing import Any

import pytest

from runbook_tui.simulator.policies import Decision, judge
from runbook_tui.simulator.refusal import Refused

_SECRET = "arn:aws:secretsmanager:ap-south-1:123456789012:secret:asharvi/backend/prod-AbCdEf"


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _decide(policy: dict[str, Any], action: str, resource: str = "*", **context: str) -> Decision:
    given = {key.replace("_", ":"): [value] for key, value in context.items()}
    return judge([policy], None, action=action, resource=resource, context=given).decision


def test_what_nobody_allows_is_denied_implicitly() -> None:
    """Silence is no permission."""
    assert _decide(_policy(_allow("ecs:Describe*")), "ecs:UpdateService") is Decision.IMPLICIT_DENY


def test_actions_are_globs_in_any_case() -> None:
    """ECS:DESCRIBE* allows ecs:DescribeServices."""
    assert _decide(_policy(_allow("ECS:DESCRIBE*")), "ecs:DescribeServices") is Decision.ALLOWED


def test_resources_are_globs_in_their_own_case() -> None:
    """A pattern of another case does not match, since ARNs are case-sensitive."""
    allowed = _policy(_allow("secretsmanager:GetSecretValue", _SECRET[:-6] + "??????"))
    assert _decide(allowed, "secretsmanager:GetSecretValue", _SECRET) is Decision.ALLOWED
    assert _decide(allowed, "secretsmanager:GetSecretValue", _SECRET.upper()) is Decision.IMPLICIT_DENY


def test_a_deny_wins_over_an_allow() -> None:
    """The order of the statements does not matter."""
    policy = _policy({"Effect": "Deny", "Action": "ecs:UpdateService", "Resource": "*"}, _allow("ecs:*"))
    assert _decide(policy, "ecs:UpdateService") is Decision.EXPLICIT_DENY
    assert _decide(policy, "ecs:DescribeServices") is Decision.ALLOWED


def test_not_action_allows_everything_else() -> None:
    """NotAction is the opposite of Action."""
    policy = _policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert _decide(policy, "ecs:ListTasks") is Decision.ALLOWED
    assert _decide(policy, "iam:GetRole") is Decision.IMPLICIT_DENY


def test_a_condition_needs_its_value() -> None:
    """Without a value the key is named as missing, and nothing is allowed."""
    passing = _allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
    found = judge([_policy(passing)], None, action="iam:PassRole", resource="*", context={})
    assert (found.decision, found.missing) == (Decision.IMPLICIT_DENY, frozenset({"iam:PassedToService"}))


def test_a_condition_with_the_right_value_allows() -> None:
    """Keys are compared in any case."""
    passing = _allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
    right = {"IAM:passedtoservice": ["ecs-tasks.amazonaws.com"]}
    wrong = {"iam:PassedToService": ["ec2.amazonaws.com"]}
    judged = [
        judge([_policy(passing)], None, action="iam:PassRole", resource="*", context=context).decision
        for context in (right, wrong)
    ]
    assert judged == [Decision.ALLOWED, Decision.IMPLICIT_DENY]


def test_an_unknown_condition_is_refused() -> None:
    """What the judge cannot evaluate is neither allowed nor denied."""
    policy = _policy(_allow("ecs:*", Condition={"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}))
    with pytest.raises(Refused, match="DateGreaterThan"):
        _decide(policy, "ecs:ListTasks")


def test_a_boundary_limits_and_never_grants() -> None:
    """Both the policies and the boundary must allow."""
    everything, reading = _policy(_allow("*")), _policy(_allow("ecs:Describe*"))

    def decide(policy: dict[str, Any], boundary: dict[str, Any], action: str) -> tuple[Decision, bool]:
        found = judge([policy], boundary, action=action, resource="*", context={})
        return found.decision, found.inside_boundary

    assert decide(everything, reading, "ecs:DescribeServices") == (Decision.ALLOWED, True)
    assert decide(everything, reading, "ecs:UpdateService") == (Decision.IMPLICIT_DENY, False)
    assert decide(reading, everything, "ecs:UpdateService") == (Decision.IMPLICIT_DENY, True)


def test_square_brackets_are_plain_letters() -> None:
    """IAM's globs know * and ? alone."""
    assert _decide(_policy(_allow("s3:GetObject", "arn:aws:s3:::a[bc]/*")), "s3:GetObject", "arn:aws:s3:::ab/x") is (
        Decision.IMPLICIT_DENY
    )
