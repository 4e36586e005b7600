"""The checks of the backend's roles, on typed facts; each world is judged by IAM's simulation and without it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause
from tests.support.backend import Case, asked_by, judged
from tests.support.facts import action_of, with_answer, without
from tests.support.iam_ground import allow
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.role_cases import (
    CASES,
    CHECKS,
    DB,
    FAIL,
    INJECTS,
    KEY,
    LEAST,
    PASS,
    PULLS,
    READ,
    ROLE_ARN,
    SECRETS,
    SIMULATED,
    SKIP,
    TABLES,
    UNKNOWN,
    WARN,
    case,
    with_key,
    world,
)
from tests.support.role_ground import (
    OF_AWS,
    ROLES,
    role_world,
    secret_arn,
    without_simulation,
)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


# Read off the policies, AWS's own star looks like any other: nothing tells which policy matched.
STATIC = [one for one in CASES if one.check in SIMULATED and one.says != ("may pull",)]


@pytest.mark.parametrize("one", STATIC, ids=str)
def test_verdict_without_simulation(one: Case) -> None:
    """Where the endpoint cannot simulate, the policies are read and lead to the same verdict, marked as static."""
    verdict, _ = judged(replace(one, given=without_simulation(one.given)))
    assert verdict.status == one.status, verdict
    if one.status is PASS and verdict.evidence["decisions"]:
        assert verdict.evidence["evaluation"] == "static"
        assert "static" in verdict.because


def questions(check: str) -> list[tuple[str, str]]:
    site = TABLES if check == DB else ROLES
    _, reader = judged(case(check, PASS, role_world(), site=site))
    return sorted({(service, operation) for service, operation, _ in reader.asked})


ASKED = [(check, question) for check in CHECKS for question in questions(check)]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    site = TABLES if check == DB else ROLES
    verdict, _ = judged(case(check, UNKNOWN, without(role_world(), *question), site=site))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_needs_are_what_is_asked(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    managed = case(LEAST, PASS, role_world(managed={OF_AWS: [allow("ecs:Describe*")]}))
    assert asked_by(check, [*CASES, managed]) == set(all_checks()[check].needs)


@drawn(st.data())
def test_no_shape_of_an_answer_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks."""
    check, (service, operation) = data.draw(st.sampled_from(ASKED))
    whole = role_world()[service, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    site = TABLES if check == DB else ROLES
    with in_turn():
        verdict, _ = judged(case(check, UNKNOWN, with_answer(role_world(), service, operation, broken), site=site))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_healthy_roles_pass(check: str, environment: str) -> None:
    """In both environments, but for the row that is about another database."""
    verdict, _ = judged(Case(check=check, status=PASS, given=role_world(), environment=environment, site=ROLES))
    assert verdict.status is (SKIP if check == DB else PASS), verdict


def test_a_role_with_a_path_is_simulated_by_its_arn() -> None:
    """The path is not in the site: IAM tells it."""
    _, reader = judged(case(SECRETS, PASS, role_world()))
    asked = [given for _, operation, given in reader.asked if operation == "simulate_principal_policy"]
    assert [one["PolicySourceArn"] for one in asked] == [ROLE_ARN]


def test_secrets_and_keys_are_asked_apart() -> None:
    """One simulation a kind: IAM judges every action on every resource of a request."""
    _, reader = judged(case(INJECTS, FAIL, world(describe_secret=with_key)))
    asked = [given for _, operation, given in reader.asked if operation == "simulate_principal_policy"]
    pairs = {(tuple(one["ActionNames"]), tuple(one["ResourceArns"])) for one in asked}
    assert pairs == {((READ,), (secret_arn("prod"),)), (("kms:Decrypt",), (KEY,)), ((READ,), ("*",))}


def test_silence_is_no_denial() -> None:
    """An action that IAM did not judge leaves the check undecided."""
    verdict, _ = judged(case(PULLS, UNKNOWN, world(simulate_principal_policy={"EvaluationResults": []})))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.MALFORMED)
