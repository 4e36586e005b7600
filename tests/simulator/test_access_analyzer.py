"""What a simulated Access Analyzer makes of conditions."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.simulator import Running

pytestmark = pytest.mark.slow
WHEN = {"StringEquals": {"aws:RequestedRegion": "ap-south-1"}}


def granted(simulator: Running, *statements: dict[str, Any]) -> str:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    access = [{"actions": ["iam:CreateUser"], "resources": ["arn:aws:iam::123456789012:user/a"]}]
    answer = simulator.client("accessanalyzer").check_access_not_granted(
        policyDocument=document, access=access, policyType="IDENTITY_POLICY"
    )
    return str(answer["result"])


def says(effect: str, action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": "*", **more}


def test_a_condition_can_be_met(simulator: Running) -> None:
    """A statement with a condition grants what it allows: some request fulfils it."""
    assert granted(simulator, says("Allow", "iam:*", Condition=WHEN)) == "FAIL"
    assert granted(simulator, says("Allow", "ecs:*", Condition=WHEN)) == "PASS"


def test_a_denial_without_conditions_wins(simulator: Running) -> None:
    """What is denied always is granted never."""
    assert granted(simulator, says("Allow", "iam:*", Condition=WHEN), says("Deny", "iam:CreateUser")) == "PASS"


def test_a_conditional_denial_is_not_weighed(simulator: Running) -> None:
    """What it leaves open is not known here, and is not made up."""
    with pytest.raises(ClientError) as refused:
        granted(simulator, says("Allow", "iam:*"), says("Deny", "iam:*", Condition=WHEN))
    assert refused.value.response["Error"]["Code"] == "NotSimulated"
