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
    policy = _policy(_allow("ecs:*", Condition={"BinaryEquals": {"aws:CurrentTime": "QUJD"}}))
    with pytest.raises(Refused, match="BinaryEquals"):
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


@pytest.mark.parametrize(
    ("condition", "values", "holds"),
    [
        ({"StringEquals": {"k": ["a", "b"]}}, ["b"], True),
        ({"StringEquals": {"k": "a*"}}, ["ab"], False),
        ({"StringLike": {"k": "a*"}}, ["ab"], True),
        ({"StringNotLike": {"k": "a*"}}, ["ab"], False),
        ({"StringNotEquals": {"k": "a"}}, None, True),
        ({"StringEqualsIfExists": {"k": "a"}}, None, True),
        ({"StringEqualsIfExists": {"k": "a"}}, ["b"], False),
        ({"StringEqualsIgnoreCase": {"k": "ABC"}}, ["abc"], True),
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, ["a", "b"], True),
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, ["a", "c"], False),
        ({"ForAllValues:StringEquals": {"k": "a"}}, None, True),
        ({"ForAnyValue:StringLike": {"k": "a*"}}, ["x", "ab"], True),
        ({"ForAnyValue:StringLike": {"k": "a*"}}, None, False),
        ({"ArnLike": {"k": "arn:aws:ecs:*:1:cluster/*"}}, ["arn:aws:ecs:ap-south-1:1:cluster/x"], True),
        ({"ArnLike": {"k": "arn:aws:*"}}, ["arn:aws:ecs:ap-south-1:1:cluster/x"], False),
        ({"Bool": {"k": True}}, ["true"], True),
        ({"Bool": {"k": "false"}}, None, False),
        ({"BoolIfExists": {"k": "false"}}, None, True),
        ({"Null": {"k": "true"}}, None, True),
        ({"Null": {"k": "false"}}, ["x"], True),
        ({"Null": {"k": True}}, ["x"], False),
        ({"IpAddress": {"k": "203.0.113.0/24"}}, ["203.0.113.9"], True),
        ({"NotIpAddress": {"k": ["203.0.113.0/24"]}}, ["203.0.113.9"], False),
        ({"NumericLessThan": {"k": "3600"}}, ["120"], True),
        ({"NumericLessThanEquals": {"k": 10}}, ["10.5"], False),
        ({"DateGreaterThan": {"k": "2026-01-01T00:00:00Z"}}, ["2026-06-01T00:00:00Z"], True),
        ({"DateLessThan": {"k": "2026-01-01T00:00:00Z"}}, ["2026-06-01T00:00:00Z"], False),
        ({"StringEquals": {"k": "a"}, "Null": {"other": "true"}}, ["a"], True),
    ],
)
def test_conditions(condition: dict[str, Any], values: list[str] | None, holds: bool) -> None:
    """Each operator, with a value, with several, and with none."""
    context = {} if values is None else {"k": values}
    found = judge([_policy(_allow("a:B", Condition=condition))], None, action="a:B", resource="*", context=context)
    assert (found.decision is Decision.ALLOWED) is holds


def test_variables_stand_for_values_of_the_request() -> None:
    """A value is no pattern; one that is missing matches nothing unless it has a default."""
    own = _policy(_allow("iam:GetUser", "arn:aws:iam::1:user/${aws:username}"))
    assert _decide(own, "iam:GetUser", "arn:aws:iam::1:user/asha", aws_username="asha") is Decision.ALLOWED
    assert _decide(own, "iam:GetUser", "arn:aws:iam::1:user/asha", aws_username="*") is Decision.IMPLICIT_DENY
    assert _decide(own, "iam:GetUser", "arn:aws:iam::1:user/asha") is Decision.IMPLICIT_DENY
    default = _policy(_allow("iam:GetUser", "arn:aws:iam::1:user/${aws:username, 'nobody'}"))
    assert _decide(default, "iam:GetUser", "arn:aws:iam::1:user/nobody") is Decision.ALLOWED


def test_before_2012_a_variable_is_plain_text() -> None:
    """The version of the language says whether there are variables."""
    old = {**_policy(_allow("a:B", "x/${aws:username}")), "Version": "2008-10-17"}
    assert _decide(old, "a:B", "x/asha", aws_username="asha") is Decision.IMPLICIT_DENY
    assert _decide(old, "a:B", "x/${aws:username}", aws_username="asha") is Decision.ALLOWED


def test_not_resource_leaves_out_what_it_names() -> None:
    """A deny of everything but one resource."""
    policy = _policy(_allow("s3:*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::mine/*"})
    assert _decide(policy, "s3:GetObject", "arn:aws:s3:::mine/x") is Decision.ALLOWED
    assert _decide(policy, "s3:GetObject", "arn:aws:s3:::other/x") is Decision.EXPLICIT_DENY
