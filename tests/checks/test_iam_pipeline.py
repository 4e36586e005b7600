"""The checks of the pipeline's and the front end's roles and of broad policies, on typed facts."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause
from tests.support.backend import Case, asked_by, judged
from tests.support.facts import action_of, with_answer, without
from tests.support.iam_ground import (
    allow,
)
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.pipeline_cases import (
    ABLE,
    AWS_PIPELINE,
    BY_AWS,
    CASES,
    CHECKS,
    CUSTOM,
    FAIL,
    LEAST,
    LINT,
    PASS,
    PAYING,
    SERVICES,
    UNKNOWN,
    WARN,
    case,
)
from tests.support.role_ground import (
    ROLES,
    pipeline_world,
)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


def site_for(check: str) -> Site:
    return {LINT: PAYING, BY_AWS: AWS_PIPELINE}.get(check, ROLES)


def questions(check: str) -> list[tuple[str, str]]:
    _, reader = judged(case(check, PASS, pipeline_world(), site=site_for(check)))
    return sorted({(service, operation) for service, operation, _ in reader.asked})


ASKED = [(check, question) for check in CHECKS for question in questions(check)]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(case(check, UNKNOWN, without(pipeline_world(), *question), site=site_for(check)))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_needs_are_what_is_asked(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    attached_too = [case(one, PASS, pipeline_world(managed={CUSTOM: [allow("s3:*")]})) for one in (SERVICES, LEAST)]
    assert asked_by(check, [*CASES, *attached_too]) == set(all_checks()[check].needs)


@drawn(st.data())
def test_no_shape_of_an_answer_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks."""
    # a job that never ends would be waited for: the facts' own tests do that with a clock of theirs
    quick = [one for one in ASKED if one[1][1] != "get_service_last_accessed_details"]
    check, (service, operation) = data.draw(st.sampled_from(quick))
    whole = pipeline_world()[service, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    given = with_answer(pipeline_world(), service, operation, broken)
    with in_turn():
        verdict, _ = judged(case(check, UNKNOWN, given, site=site_for(check)))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)


def test_paid_calls_are_not_made_without_leave() -> None:
    """Access is checked, and charged for, only where the site permits it."""
    _, reader = judged(case(LINT, PASS, pipeline_world()))
    assert "check_access_not_granted" not in {operation for _, operation, _ in reader.asked}


def test_a_role_is_checked_for_the_other_environments_secret() -> None:
    """The task role of prod must not write staging's secret; its own it may."""
    _, reader = judged(case(LINT, PASS, pipeline_world(), site=PAYING))
    asked = [given["access"][0] for _, operation, given in reader.asked if operation == "check_access_not_granted"]
    writing = [one["resources"] for one in asked if "secretsmanager:PutSecretValue" in one["actions"]]
    assert [len(one) for one in writing] == [1, 1, 2, 2]


def test_passed_to_service_is_told() -> None:
    """The condition of the guide's PassRole is decided by a key that the simulation is given."""
    _, reader = judged(case(ABLE, PASS, pipeline_world()))
    (asked,) = [
        given
        for _, operation, given in reader.asked
        if operation == "simulate_principal_policy" and given["ActionNames"] == ["iam:PassRole"]
    ]
    assert asked["ContextEntries"] == [
        {
            "ContextKeyName": "iam:PassedToService",
            "ContextKeyType": "string",
            "ContextKeyValues": ["ecs-tasks.amazonaws.com"],
        }
    ]
