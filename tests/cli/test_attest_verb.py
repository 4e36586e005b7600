"""``runbook-tui attest``: what is stated, listed and taken back."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from runbook_tui.audit.attestations import record
from runbook_tui.audit.redact import Redactor
from runbook_tui.aws.session import Identity
from runbook_tui.cli import attest
from runbook_tui.core.events import Attested, World
from runbook_tui.core.problems import UsageProblem
from runbook_tui.wiring.kit import Kit

ARN = "arn:aws:sts::123456789012:assumed-role/Admin/asha"
NOW = datetime.now(UTC)
Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The verb, with a site of its own, signed in as asha."""
    site = tmp_path / "runbook-tui.yaml"
    site.write_text("site: {name: asharvi}\ndomain: {zone: asharvi.in}\n")
    identity = Identity(account="123456789012", arn=ARN, user_id="x")
    monkeypatch.setattr(Kit, "identity", identity)

    def carry_out(*words: str) -> int:
        parser = argparse.ArgumentParser()
        attest.add(parser)
        return attest.run(parser.parse_args(["--site", str(site), "--state-dir", str(tmp_path / "state"), *words]))

    return carry_out


def test_a_statement_is_listed_until_it_is_revoked(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Added with who and until when, redacted; gone from the list when it was taken back."""
    text = "seen; AKIAIOSFODNN7EXAMPLE"
    assert run("add", "ecs.service.steady", "--env", "prod", "--text", text, "--expires", "90d") == 0
    until = NOW.date() + timedelta(days=90)
    assert capsys.readouterr().out == f"attested ecs.service.steady prod until {until}\n"
    assert run("list") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"✔ holds    ecs.service.steady  prod  until {until}  by asha on ")
    assert "AKIA" not in line
    assert run("revoke", "ecs.service.steady", "--env", "prod", "--text", "was staging") == 0
    capsys.readouterr()
    assert run("list") == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "nothing is attested in this account\n")


def test_an_expired_statement_is_listed_as_such(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It stays in the list, so that somebody renews it."""
    yesterday = NOW.date() - timedelta(days=1)
    event = Attested(check="net.x", environment="", account="123456789012", text="seen", expires=yesterday)
    record(tmp_path / "state", event, ARN, world=World.SIMULATED, now=lambda: NOW, redactor=Redactor())
    run("list")
    assert capsys.readouterr().out.startswith(f"✘ expired  net.x  shared  until {yesterday}")


def test_a_shared_check_is_attested_without_an_environment(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """And with one it is refused, as is one of an environment without it."""
    assert run("add", "ecs.cluster.active", "--text", "seen", "--expires", "1d") == 0
    assert capsys.readouterr().out.startswith("attested ecs.cluster.active shared until ")
    for words in (
        ("ecs.cluster.active", "--env", "prod"),
        ("ecs.service.steady",),
        ("ecs.service.steady", "--env", "dev"),
        ("ecs.service.stedy", "--env", "prod"),
    ):
        with pytest.raises(UsageProblem) as caught:
            run("add", *words, "--text", "seen", "--expires", "1d")
        assert caught.value.remedy


def test_what_was_never_stated_cannot_be_revoked(run: Run) -> None:
    """A revocation in the wrong environment must not look like success."""
    run("add", "ecs.service.steady", "--env", "prod", "--text", "seen", "--expires", "1d")
    with pytest.raises(UsageProblem, match="no statement"):
        run("revoke", "ecs.service.steady", "--env", "staging")


@pytest.mark.parametrize("text", ["", "  ", "x" * 501])
def test_a_statement_says_something_short(run: Run, text: str) -> None:
    """Nothing, or a file, is no statement."""
    with pytest.raises(UsageProblem):
        run("add", "ecs.cluster.active", "--text", text, "--expires", "1d")


def test_the_last_day() -> None:
    """Days from today, or a day; the present one is the first that is allowed, the 400th the last."""
    today = date(2026, 11, 23)
    assert attest.last_day("90d", today) == date(2027, 2, 21)
    assert attest.last_day("2027-01-31", today) == date(2027, 1, 31)
    assert attest.last_day("2026-11-23", today) == today
    assert attest.last_day("400d", today) == date(2027, 12, 28)


@pytest.mark.parametrize("words", ["401d", "0d", "2026-11-22", "2027-12-29", "soon", "9999d", "2027-02-31", "90", ""])
def test_no_last_day(words: str) -> None:
    """The past, what is too far ahead, and what is no day are refused with a remedy."""
    with pytest.raises(UsageProblem) as caught:
        attest.last_day(words, date(2026, 11, 23))
    assert caught.value.remedy
