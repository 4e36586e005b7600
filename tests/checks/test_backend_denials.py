"""A call that is refused leaves a check undecided, whichever of its calls it is."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Throttled
from runbook_tui.aws.operations import iam_action
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, healthy, judged
from tests.support.facts import with_answer, without
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated

_FAMILIES = (
    "ecs.",
    "alb.exists",
    "alb.http",
    "tg.",
    "logs.group.",
    "deploy.image-new",
    "deploy.tasks-healthy",
    "roll.",
)
# What asks AWS nothing, an operator's statement, has nothing that could be refused.
CHECKS = sorted(name for name, check in all_checks().items() if name.startswith(_FAMILIES) and check.needs)


def requests() -> list[tuple[str, str, str]]:
    """Every check with every operation that it asks of a healthy backend."""
    found = []
    for check in CHECKS:
        _, reader = judged(Case(check=check, status=Status.PASS, given=healthy()))
        found += sorted({(check, service, operation) for service, operation, _ in reader.asked})
    return found


REQUESTS = requests()


@pytest.mark.parametrize("check", CHECKS)
def test_a_healthy_backend_passes(check: str) -> None:
    """The guide's backend, built as the guide says, passes every check of it, with evidence and a reason."""
    for environment in ("prod", "staging"):
        verdict, _ = judged(Case(check=check, status=Status.PASS, given=healthy(), environment=environment))
        assert verdict.status == Status.PASS, verdict.because
        assert verdict.because
        assert verdict.evidence


@pytest.mark.parametrize(("check", "service", "operation"), REQUESTS)
def test_a_refused_call_is_unknown(check: str, service: str, operation: str) -> None:
    """Without one permission the verdict is UNKNOWN and names it: no pass on half the evidence, no false alarm."""
    verdict, _ = judged(Case(check=check, status=Status.UNKNOWN, given=without(healthy(), service, operation)))
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert iam_action(service, operation) in verdict.because


@pytest.mark.parametrize(("check", "service", "operation"), REQUESTS)
def test_a_throttled_call_is_unknown(check: str, service: str, operation: str) -> None:
    """Too many requests decide nothing."""
    given = with_answer(healthy(), service, operation, Throttled("too many requests"))
    verdict, _ = judged(Case(check=check, status=Status.UNKNOWN, given=given))
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.THROTTLED)


def test_checks_of_one_sweep_share_their_requests() -> None:
    """Checks that want the same fact ask with the same parameters, so that a sweep asks once."""
    asked = set()
    for check in CHECKS:
        _, reader = judged(Case(check=check, status=Status.PASS, given=healthy()))
        asked |= {(service, operation, repr(sorted(given.items()))) for service, operation, given in reader.asked}
    counts = {operation: 0 for _, operation, _ in asked}
    for _, operation, _ in asked:
        counts[operation] += 1
    assert {operation: count for operation, count in counts.items() if count > 1} == {
        "describe_images": 2,  # what runs, and what a rollback would start
        "describe_scalable_targets": 2,  # the account's quota is for both environments
        "describe_services": 2,
        "describe_target_groups": 2,
        "describe_task_definition": 4,  # the newest, what each environment runs, what a rollback would run
        "get_metric_data": 3,  # what visitors notice now and a week before, what the tasks use now
        "list_tasks": 2,  # two states
        "start_query": 2,  # now and a week before
    }


@given(st.data())
def test_no_shape_of_an_answer_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks."""
    check, service, operation = data.draw(st.sampled_from(REQUESTS))
    whole = healthy()[service, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = data.draw(mutated(whole(**parameters) if callable(whole) else whole))
        return answer

    world = with_answer(healthy(), service, operation, broken)
    with in_turn():
        verdict, _ = judged(Case(check=check, status=Status.UNKNOWN, given=world))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)


@pytest.mark.parametrize(("check", "service", "operation"), REQUESTS)
def test_an_empty_answer_is_no_evidence(check: str, service: str, operation: str) -> None:
    """An answer that lacks its list was not read: nothing passes on it, and nothing is called absent."""
    verdict, _ = judged(Case(check=check, status=Status.UNKNOWN, given=with_answer(healthy(), service, operation, {})))
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.MALFORMED), verdict.because
