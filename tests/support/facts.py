"""A world made of answers: a Reader that gives what a test said, and fails on anything else."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Denied
from runbook_tui.aws.operations import iam_action

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)

Answer = Mapping[str, Any] | Exception | Callable[..., Mapping[str, Any]]
Answers = Mapping[tuple[str, str], Answer]


def action_of(service: str, operation: str) -> str:
    """The IAM action that guards a boto3 operation; empty for sts.get_caller_identity, which needs none."""
    return "" if (service, operation) == ("sts", "get_caller_identity") else iam_action(service, operation)


class FakeReader:
    """``elsewhere`` asks the same answers, but for those that the test gave for ``service@region``.

    ``actions`` are the IAM actions asked so far; ``asked`` the requests, in order.

    An answer is a mapping, an exception to raise, or a function of the request's parameters.
    """

    def __init__(self, answers: Answers, region: str = "ap-south-1") -> None:
        self._answers = dict(answers)
        self._region = region
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    @property
    def region(self) -> str:
        return self._region

    def elsewhere(self, region: str) -> "FakeReader":
        there = FakeReader(
            {(name.removesuffix(f"@{region}"), operation): answer for (name, operation), answer in self._in(region)},
            region,
        )
        there.asked = self.asked
        return there

    def _in(self, region: str) -> Iterable[tuple[tuple[str, str], Answer]]:
        """What was given for that region last, so that it wins."""
        return sorted(self._answers.items(), key=lambda one: one[0][0].endswith(f"@{region}"))

    @property
    def actions(self) -> set[str]:
        return {action_of(service, operation) for service, operation, _ in self.asked} - {""}

    def read(self, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        self.asked.append((service, operation, parameters))
        if (service, operation) not in self._answers:
            raise AssertionError(f"the test gave no answer for {service}.{operation}({parameters})")
        answer = self._answers[service, operation]
        if isinstance(answer, Exception):
            raise answer
        return answer(**parameters) if callable(answer) else answer


def answers(given: Answers) -> FakeReader:
    return FakeReader(given)


def aws_of(reader: FakeReader, now: datetime = NOON, probe: object = None) -> Aws:
    return Aws(reader, cast("Any", probe), lambda: now)


def denied(service: str, operation: str) -> Denied:
    """As the real reader classifies a refused call."""
    action = action_of(service, operation)
    return Denied(f"not allowed to {action}", action=action, service=service, operation=operation)


def with_answer(given: Answers, service: str, operation: str, answer: Answer) -> dict[tuple[str, str], Answer]:
    """The same world but for one operation."""
    return {**given, (service, operation): answer}


def without(given: Answers, service: str, operation: str) -> dict[tuple[str, str], Answer]:
    """The same world, where this operation is denied."""
    return with_answer(given, service, operation, denied(service, operation))
