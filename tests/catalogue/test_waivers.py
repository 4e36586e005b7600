"""``waivers.yaml``: what it says, what is wrong with it, and what it does to a verdict."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runbook_tui.audit.redact import Redactor
from runbook_tui.catalogue.findings import Findings, Level
from runbook_tui.catalogue.nodes import plain
from runbook_tui.catalogue.positions import parse
from runbook_tui.catalogue.registry import Check
from runbook_tui.catalogue.schema import waivers_schema
from runbook_tui.catalogue.waiver_shape import WAIVERS
from runbook_tui.catalogue.waivers import Waived, inspect, load_waivers, waive, waivers_path
from runbook_tui.core.problems import SiteProblem
from runbook_tui.core.verdict import Scope, Severity, Status, Verdict, Waiver, fail, passed, skip, warn

TODAY = date(2026, 11, 23)
GOOD = """# accepted failures
- check: ecs.service.steady
  environment: prod
  reason: "known: ticket 7"
  owner: asha
  expires: 2027-01-31
- {check: net.vpc, reason: being replaced, owner: bela, expires: "2026-11-23"}
"""
WAIVER = Waiver(reason="known: ticket 7", owner="asha", expires=date(2027, 1, 31))


def a_check(name: str, scope: Scope) -> Check:
    def ask(*_: object) -> Verdict:
        return passed("fine")

    return Check(
        id=name, guide="5", severity=Severity.HIGH, scope=scope, needs=(), title="All well.", establishes=(), ask=ask
    )


CHECKS = {
    "ecs.service.steady": a_check("ecs.service.steady", Scope.ENVIRONMENT),
    "net.vpc": a_check("net.vpc", Scope.SHARED),
}


def said(text: str) -> list[str]:
    return [str(finding) for finding in inspect(text, "w.yaml", CHECKS, TODAY)[1]]


def item(**changes: str | None) -> str:
    pairs: dict[str, str | None] = {
        "check": "ecs.service.steady",
        "reason": "known",
        "owner": "asha",
        "expires": "2027-01-31",
    }
    lines = [f"{key}: {value}" for key, value in (pairs | changes).items() if value is not None]
    return "- " + "\n  ".join(lines) + "\n"


def test_the_file_is_read(tmp_path: Path) -> None:
    """Each item with its day; without an environment it holds everywhere."""
    path = waivers_path(tmp_path / "runbook-tui.yaml")
    path.write_text(GOOD)
    assert path.name == "waivers.yaml"
    assert load_waivers(path, CHECKS, TODAY) == (
        Waived(check="ecs.service.steady", environment="prod", waiver=WAIVER),
        Waived(
            check="net.vpc",
            environment="",
            waiver=Waiver(reason="being replaced", owner="bela", expires=date(2026, 11, 23)),
        ),
    )


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n", "[]\n"])
def test_no_waivers_are_no_problem(tmp_path: Path, text: str | None) -> None:
    """No file, an empty one, or an empty list: nothing is waived."""
    path = tmp_path / "waivers.yaml"
    if text is not None:
        path.write_text(text)
    assert load_waivers(path, CHECKS, TODAY) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (item(check="ecs.service.stedy"), '1:10: no check is called "ecs.service.stedy"; did you mean "ecs.service'),
        (item(check='"ecs.*"'), "1:10: "),
        (item(expires=None), "1:3: a waiver has no expires"),
        (item(reason='""'), "2:11: is empty"),
        (item(owner=None), "1:3: a waiver has no owner"),
        (item(expires="2027-02-31"), '4:12: "2027-02-31" is no day; write it as 2027-01-31'),
        (item(expires="next year"), '4:12: "next year" is no day'),
        (item(expires="2027-12-29"), "4:12: 2027-12-29 is more than 400 days ahead; choose a day until 2027-12-28"),
        (item(expires="2026-11-22"), "4:12: warning: expired on 2026-11-22: the check fails again"),
        (item(until="2027-01-31"), '5:3: "until" is not a key of a waiver'),
        (item(environment="production"), '5:16: "production"'),
        (item(check="net.vpc", environment="prod"), "5:16: net.vpc is asked once for all environments"),
        (item() + item(), "5:10: waived twice (first in line 1); keep one of them"),
        ("check: net.vpc\n", "1:1: a map where a list is wanted"),
        (item(reason="AKIAIOSFODNN7EXAMPLE"), "2:11: here stands what looks like a secret"),
    ],
)
def test_each_mistake_is_said_with_its_place(text: str, expected: str) -> None:
    """File, line, column and what to do: one finding for one mistake."""
    found = said(text)
    assert len(found) == 1
    assert found[0].startswith(f"w.yaml:{expected}")


def test_a_wrong_file_stops_the_program_with_all_findings(tmp_path: Path) -> None:
    """A waiver that cannot be read must not be taken for none, nor for one."""
    path = tmp_path / "waivers.yaml"
    path.write_text(item(check="no.such") + item(owner=None))
    with pytest.raises(SiteProblem) as caught:
        load_waivers(path, CHECKS, TODAY)
    assert str(caught.value).count("waivers.yaml:") == 2
    path.write_text(item(expires="2026-11-22"))
    assert len(load_waivers(path, CHECKS, TODAY)) == 1


def test_400_days_are_the_most() -> None:
    """The 400th day is allowed, and the present one."""
    assert said(item(expires="2027-12-28")) == []
    assert said(item(expires="2026-11-23")) == []


def test_a_waived_failure_stays_a_failure_and_says_so() -> None:
    """Status, evidence and remedy stay; the text says until when, by whom and why."""
    failed = fail("1 of 2 tasks", "scale out", running=1)
    waived = (Waived(check="a.b", environment="prod", waiver=WAIVER),)
    found = waive(waived, "a.b", "prod", failed, TODAY)
    assert found == Verdict(
        status=Status.FAIL,
        because="1 of 2 tasks; waived until 2027-01-31 by asha: known: ticket 7",
        remedy="scale out",
        evidence={"running": 1},
        waiver=WAIVER,
    )
    assert found.waived


@pytest.mark.parametrize(("check", "environment"), [("a.b", "staging"), ("a.c", "prod")])
def test_a_waiver_covers_its_own_check_and_environment(check: str, environment: str) -> None:
    """Anything else fails as before."""
    failed = fail("off", "on")
    assert waive((Waived(check="a.b", environment="prod", waiver=WAIVER),), check, environment, failed, TODAY) == failed


@pytest.mark.parametrize("verdict", [passed("fine"), warn("so so", "look"), skip("not here")])
def test_only_a_failure_is_waived(verdict: Verdict) -> None:
    """What passes again shows no waiver."""
    assert waive((Waived(check="a.b", environment="", waiver=WAIVER),), "a.b", "prod", verdict, TODAY) == verdict


def test_after_its_last_day_it_is_a_failure_again() -> None:
    """The last day still counts; after it the verdict names whose waiver is over, and is not waived."""
    waived = (Waived(check="a.b", environment="", waiver=WAIVER),)
    assert waive(waived, "a.b", "prod", fail("off", "on"), date(2027, 1, 31)).waived
    found = waive(waived, "a.b", "prod", fail("off", "on"), date(2027, 2, 1))
    assert (found.waived, found.waiver) == (False, None)
    assert found.because == "off; the waiver of asha expired on 2027-01-31"


def test_the_waiver_survives_redaction() -> None:
    """What the checks hand on is redacted; the day stays a day."""
    found = waive((Waived(check="a.b", environment="", waiver=WAIVER),), "a.b", "prod", fail("off", "on"), TODAY)
    assert Redactor().verdict(found) == found


VALIDATOR = Draft202012Validator(waivers_schema())


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "[]\n",
        item(),
        item(expires=None),
        item(expires="soon"),
        item(check='"ecs.*"'),
        item(reason='""'),
        item(environment="dev"),
        item(more="x"),
        "check: a\n",
    ],
)
def test_the_published_schema_and_the_reader_agree(text: str) -> None:
    """What an editor marks is what the program refuses, as far as a schema can know."""

    def wrong(judge: Callable[[Any], bool]) -> bool:
        findings = Findings("w")
        return judge(parse(text, findings))

    def by_reader(node: Any) -> bool:
        findings = Findings("w")
        WAIVERS.read(node, findings)
        return any(finding.severity is Level.ERROR for finding in findings.all)

    Draft202012Validator.check_schema(VALIDATOR.schema)
    assert wrong(by_reader) == wrong(lambda node: not VALIDATOR.is_valid(plain(node)))
