"""What a change waits for: a state that a reading tells, or that the thing is gone."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.aws.executor import CallTrouble, Executor
from runbook_tui.core.plan import Ready

AVAILABLE = {"VpcEndpoints": [{"State": "available"}], "ResponseMetadata": {}}
NOT_FOUND = ClientError({"Error": {"Code": "InvalidVpcEndpointId.NotFound", "Message": "no such endpoint"}}, "Describe")
DENIED = ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}, "Describe")


class _Session:
    """In the place of the session, the client and its one operation: answers in turn."""

    region = "ap-south-1"

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)

    def client(self, _service: str) -> "_Session":
        return self

    def refusal_of_sign_in(self, *_given: Any) -> None:
        return None

    def describe_vpc_endpoints(self, **_parameters: Any) -> Any:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _waited(*answers: Any, wanted: tuple[str, ...]) -> str | None:
    session: Any = _Session(*answers)
    ready = Ready(
        operation="describe_vpc_endpoints",
        parameters={},
        path="VpcEndpoints.0.State",
        wanted=wanted,
        absent=("InvalidVpcEndpointId.NotFound",),
        every=0.0,
    )
    return Executor(session).await_ready("ec2", ready, {}, threading.Event())


def test_what_is_not_seen_yet_is_waited_for() -> None:
    """A reading that does not know the new thing yet is no failure."""
    assert _waited(NOT_FOUND, AVAILABLE, wanted=("available",)) == ""


def test_what_is_to_go_is_gone_when_nobody_knows_it() -> None:
    """The same refusal is what a deletion waits for."""
    assert _waited(AVAILABLE, NOT_FOUND, wanted=("deleted", "")) == ""


def test_any_other_refusal_ends_the_wait() -> None:
    """Whether it is usable then is unknown."""
    with pytest.raises(CallTrouble, match="UnauthorizedOperation"):
        _waited(DENIED, wanted=("deleted", ""))
