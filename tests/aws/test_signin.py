"""Credentials that run out in the middle, and clocks that go wrong."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from runbook_tui.aws.errors import Throttled, Unreachable
from runbook_tui.aws.reader import SessionReader
from runbook_tui.aws.signin import SignInRefused
from runbook_tui.core.problems import SignInExpired
from tests.support.aws import IMPATIENT, reader_of, refusal, session_with
from tests.support.threads import at_once
from tests.support.wire import Asked, Reply

EXPIRED = {"sts": "ExpiredToken", "ecs": "ExpiredTokenException", "ecr": "ExpiredTokenException"}


def expired(asked: Asked) -> Reply:
    return refusal(asked.service, EXPIRED[asked.service], "The security token is expired", status=403)


def test_expired_credentials_are_confirmed_once() -> None:
    """Eight threads that meet expired credentials at once cause one question to STS, and all stop."""
    with reader_of(expired) as (reader, wire):
        found = at_once(8, lambda place: reader.read("ecs", "describe_clusters", clusters=[str(place)]))
        assert [type(problem) for problem in found] == [SignInRefused] * 8
        assert wire.operations().count("GetCallerIdentity") == 1


def test_sts_itself_needs_no_confirmation() -> None:
    """When STS refuses the credentials there is nothing left to ask."""
    with reader_of(expired) as (reader, wire):
        with pytest.raises(SignInExpired):
            reader.read("sts", "get_caller_identity")
        assert len(wire.asked) == 1


def test_a_doubt_that_cannot_be_cleared_says_why() -> None:
    """When STS cannot be asked the credentials are not called expired: the network is the finding."""

    def says(asked: Asked) -> Reply:
        return Reply(delay=3) if asked.service == "sts" else expired(asked)

    with reader_of(says, IMPATIENT) as (reader, _), pytest.raises(Unreachable) as caught:
        reader.read("ecr", "describe_repositories")
    assert caught.value.service == "sts"


def test_a_throttled_sts_confirms_nothing() -> None:
    """A refusal of STS that is not about credentials is reported as what it is."""

    def says(asked: Asked) -> Reply:
        return refusal("sts", "Throttling") if asked.service == "sts" else expired(asked)

    with reader_of(says, IMPATIENT) as (reader, _), pytest.raises(Throttled):
        reader.read("ecr", "describe_repositories")


@pytest.mark.parametrize(("off", "word"), [(timedelta(minutes=-10), "ahead of"), (timedelta(minutes=10), "behind")])
def test_a_wrong_clock_is_called_a_clock(off: timedelta, word: str) -> None:
    """When signatures are refused and the answer's Date is minutes off, the clock is the cause, not the sign-in."""
    now = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
    date = format_datetime(now + off, usegmt=True)
    with session_with(lambda asked: refusal("sts", "SignatureDoesNotMatch", status=403, Date=date)) as (session, _):
        reader = SessionReader(session, now=lambda: now)
        with pytest.raises(SignInRefused, match=f"600 s {word}") as caught:
            reader.read("sts", "get_caller_identity")
    assert caught.value.date == date
    assert caught.value.skew_s == -off.total_seconds()
    assert "NTP" in caught.value.remedy


def test_a_right_clock_is_not_blamed() -> None:
    """With the Date close to ours the credentials are what is refused; the Date is kept all the same."""
    now = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
    date = format_datetime(now, usegmt=True)
    answer = refusal("sts", "ExpiredToken", status=403, Date=date)
    with session_with(answer) as (session, _), pytest.raises(SignInRefused, match="refuses the credentials") as caught:
        SessionReader(session, now=lambda: now).read("sts", "get_caller_identity")
    assert (caught.value.date, caught.value.skew_s) == (date, 0)
