"""Where checks are run: waivers are applied, statements are heard, and the site's options reach it."""

import argparse
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from runbook_tui import options
from runbook_tui.audit.attestations import record
from runbook_tui.audit.redact import Redactor
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.events import Attested, World
from runbook_tui.core.problems import SiteProblem
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Status, Verdict, fail, unknown
from runbook_tui.engine.access import Access
from runbook_tui.wiring.clocks import SystemClock
from runbook_tui.wiring.kit import Checks, Connection, Kit
from tests.support.facts import answers

STEADY = "ecs.service.steady"


def a_site(folder: Path, text: str = "") -> Site:
    path = folder / "runbook-tui.yaml"
    path.write_text(f"site: {{name: asharvi}}\ndomain: {{zone: asharvi.in}}\n{text}")
    return load_site(path)


def waived(folder: Path, expires: date) -> None:
    (folder / "waivers.yaml").write_text(
        f"- {{check: {STEADY}, environment: prod, reason: known, owner: asha, expires: {expires}}}\n"
    )


class Offline(Checks):
    """Checks whose one answer the test gives, with no session behind them."""

    def connection(self) -> Connection:
        session = SimpleNamespace(identity=lambda: SimpleNamespace(account="123456789012"))
        aws = Aws(answers({}), cast("Any", None), self._clock.now, self._attestations)
        return cast("Connection", SimpleNamespace(aws=aws, session=session))

    def answer(self, ask: Any) -> "Offline":
        self.registry = {**self.registry, STEADY: replace(self.registry[STEADY], ask=ask)}
        return self


def checks(folder: Path, ask: Any) -> Offline:
    found = Offline(a_site(folder), Access(), SystemClock(), Redactor(), folder / "state")
    return found.answer(ask)


def broken(aws: Aws, site: Site, environment: Environment) -> Verdict:
    return fail("1 of 2", "scale out")


def denied(aws: Aws, site: Site, environment: Environment) -> Verdict:
    return unknown(Cause.DENIED, "denied", "ask for it")


def test_a_waiver_beside_the_site_file_is_applied(tmp_path: Path) -> None:
    """Every screen, run and format gets the waived verdict; the other environment fails."""
    waived(tmp_path, datetime.now(UTC).date() + timedelta(days=30))
    asked = checks(tmp_path, broken)
    found = asked.run(STEADY, "prod")
    assert (found.status, found.waived, found.blocks) == (Status.FAIL, True, False)
    assert "waived until" in found.because
    assert not asked.run(STEADY, "staging").waived


def test_an_open_question_cannot_be_waived(tmp_path: Path) -> None:
    """Unknown stays unknown."""
    waived(tmp_path, datetime.now(UTC).date() + timedelta(days=30))
    found = checks(tmp_path, denied).run(STEADY, "prod")
    assert (found.status, found.waiver) == (Status.UNKNOWN, None)


def test_an_expired_waiver_is_a_failure_again(tmp_path: Path) -> None:
    """And the verdict says so."""
    waived(tmp_path, datetime.now(UTC).date() - timedelta(days=1))
    found = checks(tmp_path, broken).run(STEADY, "prod")
    assert (found.waived, found.blocks) == (False, True)
    assert "expired" in found.because


def test_wrong_waivers_stop_the_program(tmp_path: Path) -> None:
    """Before anything is asked, with the place of the mistake."""
    (tmp_path / "waivers.yaml").write_text("- {check: no.such}\n")
    with pytest.raises(SiteProblem, match=r"waivers\.yaml:1:"):
        Kit(a_site(tmp_path))


def test_a_check_hears_a_statement(tmp_path: Path) -> None:
    """Stated for this account and world in the state folder: the check's verdict rests on it."""

    def ask(aws: Aws, site: Site, environment: Environment) -> Verdict:
        return attested(aws, STEADY, environment.name, "it is steady", row_says_pass=True)

    asked = checks(tmp_path, ask)
    assert asked.run(STEADY, "prod").status is Status.UNKNOWN
    today = datetime.now(UTC).date()
    event = Attested(check=STEADY, environment="prod", account="123456789012", text="seen", expires=today)
    record(tmp_path / "state", event, "asha", world=World.SIMULATED, now=lambda: datetime.now(UTC), redactor=Redactor())
    found = checks(tmp_path, ask).run(STEADY, "prod")
    assert (found.status, found.attested) == (Status.PASS, True)
    assert "attested by asha" in found.because


def test_an_endpoint_that_is_allowed_is_allowed_in_the_site_file(tmp_path: Path) -> None:
    """--allow-endpoint is heard when the site is read; a verb without the option allows none."""
    path = tmp_path / "runbook-tui.yaml"
    path.write_text(
        "mode: real\naws: {account_id: '123456789012', endpoint_url: 'https://vpce.example.com'}\n"
        "domain: {zone: asharvi.in}\n"
    )
    args = argparse.Namespace(site=str(path), allow_endpoint=True)
    assert options.the_site(args).aws.endpoint_url == "https://vpce.example.com"
    for strict in (argparse.Namespace(site=str(path), allow_endpoint=False), argparse.Namespace(site=str(path))):
        with pytest.raises(SiteProblem, match="endpoint_url"):
            options.the_site(strict)
