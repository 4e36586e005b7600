"""The checks of people, the root user, passwords and access keys, on typed facts."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.verdict import Cause, Status, Verdict
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import SITE, ago
from tests.support.facts import NOON, Answers, FakeReader, action_of, with_answer, without
from tests.support.iam_ground import (
    GUARD,
    WITH_KEYS,
    but,
    key,
    keys,
    people,
)
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.people_cases import (
    CASES,
    CHECKS,
    DOCUMENTED,
    ENFORCED,
    FAIL,
    MFA,
    PASS,
    UNKNOWN,
    WARN,
    case,
    reported,
)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))
    assert "AKIA" not in repr(verdict)


def questions(check: str, given: Answers) -> list[tuple[str, str]]:
    _, reader = judged(case(check, PASS, given))
    return sorted({(service, operation) for service, operation, _ in reader.asked})


ASKED = [(check, question) for check in CHECKS for question in questions(check, people())]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(case(check, UNKNOWN, without(people(), *question)))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_needs_are_what_is_asked(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


@drawn(st.data())
def test_no_shape_of_an_answer_is_a_defect(data: st.DataObject) -> None:
    """Whatever IAM answers, a check decides or says what it cannot read; it never breaks."""
    # a report that is never ready would be waited for: the facts' own tests do that with a clock of theirs
    check, (service, operation) = data.draw(st.sampled_from([one for one in ASKED if "generate" not in one[1][1]]))
    whole = people()[service, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    with in_turn():
        verdict, _ = judged(case(check, UNKNOWN, with_answer(people(), service, operation, broken)))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)


class Stated:
    """The journal of statements, with one or with none, or broken."""

    def __init__(self, *, at: datetime | None = None, expires: date = date(2027, 1, 1), broken: bool = False) -> None:
        self._at, self._expires, self._broken = at, expires, broken

    def attested(self, check: str, environment: str) -> Attestation | None:
        if self._broken:
            raise JournalProblem("line 3 was changed", "runbook-tui audit verify")
        if self._at is None:
            return None
        text = "GitHub, secrets of the repository"
        return Attestation(
            check=check, environment=environment, text=text, by="asha (a@d)", at=self._at, expires=self._expires
        )


def documented(stated: Stated, given: Answers | None = None) -> Verdict:
    aws = Aws(FakeReader(given or people()), None, lambda: NOON, stated)  # type: ignore[arg-type]
    return ask(all_checks()[DOCUMENTED], aws, WITH_KEYS, "prod")


def test_a_statement_newer_than_the_key() -> None:
    """A statement made after the key passes, and is marked as one."""
    verdict = documented(Stated(at=ago(days=29)))
    assert (verdict.status, verdict.attested) == (PASS, True)
    assert "GitHub" in verdict.because


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        (Stated(at=ago(days=31)), WARN),
        (Stated(at=ago(days=29), expires=(NOON - timedelta(days=1)).date()), WARN),
        (Stated(broken=True), UNKNOWN),
    ],
)
def test_a_statement_that_is_not_good_any_more(stated: Stated, status: Status) -> None:
    """One that is older than the key or has expired does not pass, nor does a journal that cannot be read."""
    assert documented(stated).status is status


def test_the_newest_key_counts() -> None:
    """A statement between two keys is about the older one."""
    two = but(people(), list_access_keys=keys(key(1, days=60), key(2, days=3)))
    assert documented(Stated(at=ago(days=10)), two).status is WARN


def test_exempt_users_do_not_hide_others() -> None:
    """One exempt user does not save another who has no second factor either."""
    given = reported(("asha", True, False), ("dev", True, False))
    verdict, _ = judged(case(MFA, FAIL, given, site=replace(SITE, iam=replace(SITE.iam, mfa_exempt_users=("asha",)))))
    assert verdict.status is FAIL
    assert "asha" not in verdict.because


def test_the_guard_of_the_ground_is_named() -> None:
    """Evidence names the statement that enforces it."""
    verdict, _ = judged(case(ENFORCED, PASS, people()))
    assert verdict.evidence["users"]["asha"] == ("mfa, DenyWithoutMfa",)
    assert GUARD["PolicyName"] == "mfa"
