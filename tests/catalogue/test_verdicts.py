"""How each trouble of a check becomes a verdict."""

from typing import Any, NoReturn

import pytest

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import (
    Ambiguous,
    AwsProblem,
    Denied,
    Malformed,
    Missing,
    NotEnabled,
    ServerFault,
    Throttled,
    Truncated,
    Unreachable,
    Unsupported,
    WrongRegion,
)
from runbook_tui.catalogue.registry import Check
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Scope, Severity, Status, Verdict, passed
from tests.support.facts import answers, aws_of

SITE = Site(environments={"staging": Environment(name="staging"), "prod": Environment(name="prod")})
AWS = aws_of(answers({}))


def a_check(function: Any, *, scope: Scope = Scope.SHARED, check_id: str = "a.check", establishes: Any = ()) -> Check:
    return Check(
        id=check_id,
        guide="1",
        severity=Severity.HIGH,
        scope=scope,
        needs=(),
        title="All is well.",
        establishes=establishes,
        ask=function,
    )


def raising(problem: Exception, **about: Any) -> Check:
    def function(*_: object) -> NoReturn:
        raise problem

    return a_check(function, **about)


EXISTS = raising(AssertionError(), check_id="thing.exists", establishes=("ecs:thing",))
KNOWN = {"thing.exists": EXISTS}


@pytest.mark.parametrize(
    ("problem", "cause"),
    [
        (Throttled("too many requests"), Cause.THROTTLED),
        (WrongRegion("region is off"), Cause.REGION),
        (Unreachable("timed out"), Cause.TIMEOUT),
        (ServerFault("500"), Cause.SERVER),
        (Unsupported("NotSimulated"), Cause.UNSUPPORTED),
        (Malformed("no JSON"), Cause.MALFORMED),
        (Truncated("200 pages"), Cause.TRUNCATED),
    ],
)
def test_trouble_is_unknown_with_its_cause_and_a_remedy(problem: AwsProblem, cause: Cause) -> None:
    """Each trouble of a read is UNKNOWN, says what happened and what to do; it is never PASS nor FAIL."""
    verdict = ask(raising(problem), AWS, SITE, "prod", checks={})
    assert (verdict.status, verdict.cause, verdict.because) == (Status.UNKNOWN, cause, problem.what)
    assert verdict.remedy


def test_own_remedy_wins() -> None:
    """A remedy that came with the problem knows more than the general one."""
    assert ask(raising(Throttled("x", remedy="wait an hour")), AWS, SITE, "prod").remedy == "wait an hour"


def test_denied_names_the_action_and_keeps_the_reason() -> None:
    """A refusal names the missing IAM action, and keeps words such as explicit deny."""
    problem = Denied("explicit deny in a service control policy", action="ecs:DescribeServices")
    verdict = ask(raising(problem), AWS, SITE, "prod", checks={})
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert "ecs:DescribeServices" in verdict.because
    assert "explicit deny in a service control policy" in verdict.because
    assert "ecs:DescribeServices" in verdict.remedy


@pytest.mark.parametrize(("check_id", "noted"), [("secret.keys", "low"), ("secret.exists", None)])
def test_denied_value_read_counts_little(check_id: str, noted: str | None) -> None:
    """Only the check that reads a secret's value notes that its denial counts as low."""
    problem = Denied("no", action="secretsmanager:GetSecretValue")
    verdict = ask(raising(problem, check_id=check_id), AWS, SITE, "prod", checks={})
    assert verdict.counts_as == noted


def test_not_enabled_is_skipped() -> None:
    """A service that the account has not subscribed to does not apply."""
    verdict = ask(raising(NotEnabled("Security Hub is off")), AWS, SITE, "prod", checks={})
    assert (verdict.status, verdict.because) == (Status.SKIP, "not enabled: Security Hub is off")


def test_missing_fails_the_check_that_establishes_it() -> None:
    """What a check exists to establish is its own FAIL."""
    own = raising(Missing("ecs:thing", "it", remedy="make it"), check_id="thing.exists", establishes=("ecs:thing",))
    verdict = ask(own, AWS, SITE, "prod", checks={"thing.exists": own})
    assert (verdict.status, verdict.because, verdict.remedy) == (Status.FAIL, "thing it not found", "make it")


def test_missing_blocks_the_others() -> None:
    """A check that needs what another one establishes is SKIP, blocked by that one."""
    verdict = ask(raising(Missing("ecs:thing", "it")), AWS, SITE, "prod", checks=KNOWN)
    assert (verdict.status, verdict.because) == (Status.SKIP, "blocked by thing.exists: thing it not found")


def test_missing_that_nobody_establishes_fails() -> None:
    """Something that no check establishes is a FAIL wherever it is missed."""
    verdict = ask(raising(Missing("ec2:subnet", "10.20.0.0/24")), AWS, SITE, "prod", checks=KNOWN)
    assert verdict.status is Status.FAIL
    assert verdict.remedy


@pytest.mark.parametrize(("establishes", "status"), [(("ecs:thing",), Status.FAIL), ((), Status.SKIP)])
def test_ambiguous(establishes: tuple[str, ...], status: Status) -> None:
    """Several of one name fail the establishing check and block the others; the ids are told."""
    problem = Ambiguous("ecs:thing", "it", ("i-1", "i-2"))
    verdict = ask(raising(problem, establishes=establishes), AWS, SITE, "prod", checks=KNOWN)
    assert verdict.status is status
    assert verdict.evidence == {"ids": ["i-1", "i-2"]}


def test_sign_in_passes_through() -> None:
    """An expired sign-in stops the run, so it is not swallowed."""
    with pytest.raises(SignInExpired):
        ask(raising(SignInExpired("expired", "sign in")), AWS, SITE, "prod")


def test_defect_is_unknown_and_tells_no_value() -> None:
    """A defect of a check is UNKNOWN with the type's name alone: its text could hold a secret."""
    verdict = ask(raising(ValueError("s3cret-value")), AWS, SITE, "prod")
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.ERROR)
    assert "ValueError" in verdict.because
    assert "s3cret-value" not in repr(verdict)


def test_unknown_environment_is_not_a_crash() -> None:
    """An environment that the site does not have gives UNKNOWN, not an exception."""
    verdict = ask(raising(AssertionError(), scope=Scope.ENVIRONMENT), AWS, SITE, "qa")
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.ERROR)


def test_arguments_by_scope() -> None:
    """Shared and account checks get the site; those of an environment get that environment too."""
    seen: list[Any] = []

    def function(aws: Aws, site: Site, *rest: Any) -> Verdict:
        seen.append([environment.name for environment in rest])
        return passed("fine")

    for scope in (Scope.ACCOUNT, Scope.SHARED, Scope.ENVIRONMENT):
        ask(a_check(function, scope=scope), AWS, SITE, "staging")
    ask(a_check(function, scope=Scope.PROD), AWS, SITE, "prod")
    assert seen == [[], [], ["staging"], ["prod"]]


def test_production_checks_are_skipped_elsewhere() -> None:
    """A check of production says nothing about staging, and is not even asked."""
    verdict = ask(raising(AssertionError(), scope=Scope.PROD), AWS, SITE, "staging")
    assert verdict.status is Status.SKIP


def test_hostile_text_of_a_problem_is_cleaned() -> None:
    """Escape sequences in AWS's own words do not reach the verdict."""
    verdict = ask(raising(ServerFault("\x1b[31mred")), AWS, SITE, "prod", checks={})
    assert "\x1b" not in verdict.because
