"""A sweep as SARIF, judged by what the standard demands."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runbook_tui.cli.baseline import Change, Difference, Kind
from runbook_tui.cli.sarif import as_sarif
from runbook_tui.cli.sweep import TROUBLE, Sweep
from runbook_tui.core.verdict import Severity, Status
from tests.support.sarif import SARIF
from tests.support.sweeps import BEGAN, WAIVER, a_result, a_sweep

VALIDATOR = Draft202012Validator(SARIF)
EVERY = a_sweep(
    [a_result(f"a.{status.word}", status) for status in Status],
    titles={"a.fail": "Everything works."},
    site="runbook-tui.yaml",
)


def run_of(sweep: Sweep) -> dict[str, Any]:
    document = json.loads(as_sarif(sweep))
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    run: dict[str, Any] = document["runs"][0]
    return run


def test_checks_are_rules_and_troubles_are_results() -> None:
    """Every check that was asked is a rule with its title; FAIL, WARN and UNKNOWN are results that point at theirs."""
    run = run_of(EVERY)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["a.pass", "a.warn", "a.fail", "a.unknown", "a.skip"]
    assert rules[2]["shortDescription"]["text"] == "Everything works."
    assert [(found["ruleId"], found["level"]) for found in run["results"]] == [
        ("a.warn", "warning"),
        ("a.fail", "error"),
        ("a.unknown", "warning"),
    ]
    assert all(rules[found["ruleIndex"]]["id"] == found["ruleId"] for found in run["results"])
    assert "could not be decided" in run["results"][2]["message"]["text"]


@pytest.mark.parametrize(
    ("severity", "level"),
    [(Severity.CRITICAL, "error"), (Severity.HIGH, "error"), (Severity.LOW, "warning"), (Severity.INFO, "note")],
)
def test_the_level_follows_the_severity(severity: Severity, level: str) -> None:
    """A failure of hygiene does not look like an outage."""
    assert run_of(a_sweep([a_result("a.b", Status.FAIL, severity=severity)]))["results"][0]["level"] == level


def test_one_rule_serves_both_environments() -> None:
    """The same check in two environments: one rule, two results with fingerprints of their own."""
    run = run_of(a_sweep([a_result("a.b", Status.FAIL, name) for name in ("staging", "prod", None)]))
    assert len(run["tool"]["driver"]["rules"]) == 1
    prints = [found["partialFingerprints"]["runbookTui/v1"] for found in run["results"]]
    assert len(set(prints)) == 3
    other = run_of(a_sweep([a_result("a.b", Status.FAIL, "staging", because="other words")]))
    assert other["results"][0]["partialFingerprints"]["runbookTui/v1"] == prints[0]
    elsewhere = run_of(a_sweep([a_result("a.b", Status.FAIL, "staging")], account="210987654321"))
    assert elsewhere["results"][0]["partialFingerprints"]["runbookTui/v1"] != prints[0]


def test_a_waived_failure_is_suppressed_not_gone() -> None:
    """The result stays, with who accepted it and why."""
    (found,) = run_of(a_sweep([a_result("a.b", Status.FAIL, waiver=WAIVER)]))["results"]
    assert found["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "waived until 2027-01-31 by asha: known: ticket 7"}
    ]


def test_what_is_new_is_marked_against_a_baseline() -> None:
    """With a baseline each result says whether it is new; without one none does."""
    change = Change(
        kind=Kind.NEW, id="a.b", environment="prod", before=Status.PASS, status=Status.FAIL, because="broken"
    )
    difference = Difference(since=BEGAN, changes=(change,))
    results = [a_result("a.b", Status.FAIL), a_result("a.c", Status.FAIL)]
    found = run_of(a_sweep(results, difference=difference))["results"]
    assert [one["baselineState"] for one in found] == ["new", "unchanged"]
    assert "baselineState" not in run_of(a_sweep(results))["results"][0]


def test_the_location_is_the_site_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative below the present folder, as code scanning wants it; else a file URI. Blanks are escaped."""
    monkeypatch.chdir(tmp_path)

    def uri(site: str) -> str:
        (found,) = run_of(a_sweep([a_result("a.b", Status.FAIL)], site=site))["results"]
        where: str = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        return where

    assert uri(str(tmp_path / "my site" / "runbook-tui.yaml")) == "my%20site/runbook-tui.yaml"
    assert uri("/etc/a b/runbook-tui.yaml") == "file:///etc/a%20b/runbook-tui.yaml"
    assert uri("") == "runbook-tui.yaml"


def test_names_of_resources_are_neither_placeholders_nor_links() -> None:
    """Braces are doubled, and what looks like a link is broken up."""
    (found,) = run_of(a_sweep([a_result("a.b", Status.FAIL, because="{0} [here](https://evil.example)")]))["results"]
    assert "{{0}} [here] (https://evil.example)" in found["message"]["text"]


def test_a_filter_narrows_results_and_not_rules() -> None:
    """With --failed the same results stand here: they are troubles anyway."""
    narrowed = a_sweep(EVERY.results, only=TROUBLE)
    assert run_of(narrowed)["results"] == run_of(EVERY)["results"]
