"""The verdict on an operator's statement."""

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from runbook_tui.audit.redact import Redactor
from runbook_tui.aws.access import Attestations, Aws
from runbook_tui.catalogue.attested import attested
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.verdict import Cause, Status
from tests.support.facts import NOON, answers

WHAT = "the approval is required"
BY = "arn:aws:sts::123456789012:assumed-role/Admin/asha@example.com (asha@desk)"


class Said:
    def __init__(self, *found: Attestation | JournalProblem) -> None:
        self._found = found

    def attested(self, check: str, environment: str) -> Attestation | None:
        for one in self._found:
            if isinstance(one, JournalProblem):
                raise one
            if (one.check, one.environment) == (check, environment):
                return one
        return None


def aws(said: Attestations | None) -> Aws:
    return Aws(answers({}), cast("Any", None), lambda: NOON, said)


def statement(expires: date) -> Attestation:
    at = datetime(2026, 11, 1, 9, tzinfo=UTC)
    return Attestation(check="cicd.approval", environment="prod", text="seen in GitHub", by=BY, at=at, expires=expires)


@pytest.mark.parametrize("said", [None, Said()])
def test_nobody_has_said_so(said: Attestations | None) -> None:
    """Without a statement, or without any place for one, it is undecided, and the remedy names the verb."""
    found = attested(aws(said), "cicd.approval", "prod", WHAT, row_says_pass=True)
    assert (found.status, found.cause, found.attested) == (Status.UNKNOWN, Cause.UNDECIDED, False)
    assert "runbook-tui attest add cicd.approval --env prod " in found.remedy
    assert WHAT in found.because


def test_a_shared_check_needs_no_environment() -> None:
    """The remedy is the command that works."""
    found = attested(aws(None), "cicd.approval", "", WHAT, row_says_pass=True)
    assert "attest add cicd.approval --text" in found.remedy


@pytest.mark.parametrize(("row_says_pass", "status"), [(True, Status.PASS), (False, Status.WARN)])
def test_a_statement_that_holds_is_marked(row_says_pass: bool, status: Status) -> None:
    """PASS where the catalogue says so, else WARN; who, when, until when and what, also after redaction."""
    said = Said(statement(NOON.date()))
    found = Redactor().verdict(attested(aws(said), "cicd.approval", "prod", WHAT, row_says_pass=row_says_pass))
    assert found.status is status
    assert found.because == "attested by asha on 2026-11-01 until 2026-11-23: seen in GitHub"
    assert found.attested
    assert found.evidence == {
        "attested": True,
        "by": BY,
        "at": "2026-11-01T09:00:00Z",
        "expires": "2026-11-23",
    }
    assert bool(found.remedy) is not row_says_pass


def test_an_expired_statement_decides_nothing() -> None:
    """The day after its last one it is UNKNOWN, and says whose statement is over."""
    found = attested(aws(Said(statement(date(2026, 11, 22)))), "cicd.approval", "prod", WHAT, row_says_pass=True)
    assert (found.status, found.cause, found.attested) == (Status.UNKNOWN, Cause.UNDECIDED, False)
    assert "asha" in found.because
    assert "expired on 2026-11-22" in found.because


def test_a_damaged_journal_decides_nothing() -> None:
    """Its own words and remedy are the verdict's."""
    found = attested(aws(Said(JournalProblem("damaged", "keep it"))), "cicd.approval", "prod", WHAT, row_says_pass=True)
    assert (found.status, found.because, found.remedy) == (Status.UNKNOWN, "damaged", "keep it")
