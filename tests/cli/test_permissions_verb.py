"""``runbook-tui permissions``."""

import argparse
import json
from pathlib import Path

import pytest

from runbook_tui.cli import permissions
from runbook_tui.core.problems import RunbookProblem, SiteProblem, UsageProblem


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a site file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RUNBOOK_TUI_SITE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    permissions.add(parser)
    return permissions.run(parser.parse_args(words))


def test_the_policy_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is the document alone, ready for `aws iam create-policy`; narration is elsewhere."""
    assert run() == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert document["Version"] == "2012-10-17"
    assert {action for statement in document["Statement"] for action in statement["Action"]} >= {
        "ecs:DescribeServices",
        "sts:GetCallerIdentity",
    }
    assert "no site file" in printed.err


def test_a_glob_narrows_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    """With --checks only what those checks need is allowed."""
    run("--checks", "ecs.cluster.*")
    document = json.loads(capsys.readouterr().out)
    assert [statement["Action"] for statement in document["Statement"]] == [
        ["ecs:DescribeClusters"],
        ["sts:GetCallerIdentity"],
    ]


def test_the_policy_of_a_runbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --runbook what its steps ask and wait for is allowed, and no more; one without checks needs nothing."""
    book = tmp_path / "own.yaml"
    head = "id: own\ntitle: Own\nfamily: setup\noutcome: Done.\nsteps:\n  - {id: a, title: A"
    book.write_text(f"{head}, checks: [ecs.cluster.active], wait: {{until: [alb.exists], timeout: 15m}}}}\n")
    assert actions(str(book), capsys) == [
        ["ecs:DescribeClusters"],
        ["elasticloadbalancing:DescribeLoadBalancers"],
        ["sts:GetCallerIdentity"],
    ]
    book.write_text(f"{head}}}\n")
    assert actions(str(book), capsys) == [["sts:GetCallerIdentity"]]


def actions(runbook: str, capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    run("--runbook", runbook)
    return [statement["Action"] for statement in json.loads(capsys.readouterr().out)["Statement"]]


def test_an_unknown_runbook_is_a_problem() -> None:
    """Not a policy of nothing."""
    with pytest.raises(RunbookProblem):
        run("--runbook", "no-such-runbook")


def test_an_unknown_check_is_a_usage_problem() -> None:
    """A mistyped check gets the nearest one as a remedy, not an empty policy."""
    with pytest.raises(UsageProblem, match=r"ecs\.cluster\.activ") as caught:
        run("--checks", "ecs.cluster.activ")
    assert "ecs.cluster.active" in caught.value.remedy


def test_a_site_that_was_named_must_exist(tmp_path: Path) -> None:
    """A missing file that the operator named is not replaced by the guide's names."""
    with pytest.raises(SiteProblem):
        run("--site", str(tmp_path / "missing.yaml"))


def test_a_site_that_the_environment_names_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for RUNBOOK_TUI_SITE."""
    monkeypatch.setenv("RUNBOOK_TUI_SITE", str(tmp_path / "missing.yaml"))
    with pytest.raises(SiteProblem):
        run()
