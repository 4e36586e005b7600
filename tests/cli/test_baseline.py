"""What changed since a former sweep, and what counts of it."""

import json
from pathlib import Path

import pytest

from runbook_tui.cli.baseline import Difference, Kind, compare, read_baseline, same_place
from runbook_tui.cli.formats import FORMATS, as_json
from runbook_tui.cli.sweep import Result
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.verdict import Status
from tests.support.sweeps import WAIVER, a_result, a_sweep


def since(tmp_path: Path, before: list[Result], now: list[Result]) -> Difference:
    path = tmp_path / "base.json"
    path.write_text(as_json(a_sweep(before)))
    return compare(read_baseline(path), now)


@pytest.mark.parametrize(
    ("before", "now", "kind", "code"),
    [
        (Status.PASS, Status.FAIL, Kind.NEW, 1),
        (Status.UNKNOWN, Status.FAIL, Kind.NEW, 1),
        (None, Status.FAIL, Kind.NEW, 1),
        (Status.FAIL, Status.FAIL, None, 0),
        (Status.PASS, Status.UNKNOWN, Kind.UNDECIDED, 3),
        (Status.FAIL, Status.UNKNOWN, Kind.UNDECIDED, 3),
        (None, Status.UNKNOWN, Kind.UNDECIDED, 3),
        (Status.UNKNOWN, Status.UNKNOWN, None, 0),
        (Status.FAIL, Status.PASS, Kind.FIXED, 0),
        (Status.FAIL, Status.WARN, Kind.FIXED, 0),
        (Status.FAIL, Status.SKIP, Kind.CHANGED, 0),
        (Status.PASS, Status.WARN, Kind.CHANGED, 0),
        (None, Status.PASS, None, 0),
    ],
)
def test_only_what_is_new_counts(
    tmp_path: Path, before: Status | None, now: Status, kind: Kind | None, code: int
) -> None:
    """Each way from one status to another: a known failure counts no more, a blocked check is not fixed."""
    found = since(tmp_path, [a_result("a.b", before)] if before else [], [a_result("a.b", now)])
    assert [change.kind for change in found.changes] == ([kind] if kind else [])
    assert found.exit_code == code


def test_other_words_are_a_change(tmp_path: Path) -> None:
    """The same status for another reason is told, and counts for nothing."""
    before, now = a_result("a.b", Status.FAIL, because="1 of 2"), a_result("a.b", Status.FAIL, because="0 of 2")
    found = since(tmp_path, [before], [now])
    assert [(change.kind, change.because) for change in found.changes] == [(Kind.CHANGED, "0 of 2")]
    assert found.exit_code == 0


def test_a_waiver_that_ends_makes_a_new_failure(tmp_path: Path) -> None:
    """While it was waived it was not a failure that counted; waiving one now is a change, not a fix."""
    waived, failed = a_result("a.b", Status.FAIL, waiver=WAIVER), a_result("a.b", Status.FAIL, because="off")
    assert [change.kind for change in since(tmp_path, [waived], [failed]).changes] == [Kind.NEW]
    assert [change.kind for change in since(tmp_path, [failed], [waived]).changes] == [Kind.CHANGED]


def test_environments_are_compared_apart(tmp_path: Path) -> None:
    """A failure of staging does not excuse one of prod; a shared check is a third thing."""
    before = [a_result("a.b", Status.FAIL, "staging"), a_result("a.b", Status.PASS, "prod")]
    now = [a_result("a.b", Status.FAIL, name) for name in ("staging", "prod", None)]
    found = since(tmp_path, before, now)
    assert [(change.environment, change.kind) for change in found.changes] == [("prod", Kind.NEW), (None, Kind.NEW)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1}', "\ud800", "x" * 10])
def test_a_file_that_is_no_sweep_is_refused(tmp_path: Path, text: str) -> None:
    """With what would be one."""
    path = tmp_path / "base.json"
    path.write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(UsageProblem, match="no output of check") as caught:
        read_baseline(path)
    assert "--save" in caught.value.remedy


def test_a_baseline_of_another_format_or_place_is_refused(tmp_path: Path) -> None:
    """A newer schema, another account, the other world: the comparison would say nothing."""
    path = tmp_path / "base.json"
    path.write_text(as_json(a_sweep([])).replace('"schema": 1', '"schema": 2'))
    with pytest.raises(UsageProblem, match="schema 2"):
        read_baseline(path)
    path.write_text(as_json(a_sweep([])))
    baseline = read_baseline(path)
    same_place(baseline, "simulated", "123456789012", "ap-south-1")
    for there in (
        ("live", "123456789012", "ap-south-1"),
        ("simulated", "210987654321", "ap-south-1"),
        ("simulated", "123456789012", "eu-west-1"),
    ):
        with pytest.raises(UsageProblem, match="baseline is of simulated"):
            same_place(baseline, *there)
    with pytest.raises(UsageProblem, match="cannot be read"):
        read_baseline(tmp_path / "none.json")


def test_the_formats_tell_the_changes(tmp_path: Path) -> None:
    """Table and Markdown in words, JSON as data, all with the time of the baseline."""
    now = [a_result("a.b", Status.FAIL), a_result("a.c", Status.PASS)]
    difference = since(tmp_path, [a_result("a.b", Status.PASS), a_result("a.c", Status.FAIL)], now)
    sweep = a_sweep(now, difference=difference)
    table = FORMATS["table"](sweep).splitlines()
    assert "since 2026-11-23 03:16:00 UTC: 1 new, 1 fixed" in table
    assert any(line.split()[:7] == ["new", "pass", "→", "fail", "prod", "a.b", "a.b"] for line in table)
    assert "- **fixed** `a.c` (prod), fail → pass: a.c is pass" in FORMATS["markdown"](sweep)
    found = json.loads(FORMATS["json"](sweep))["baseline"]
    assert found["since"] == "2026-11-23T03:16:00Z"
    assert [(change["kind"], change["id"], change["before"]) for change in found["changes"]] == [
        ("new", "a.b", "PASS"),
        ("fixed", "a.c", "FAIL"),
    ]
