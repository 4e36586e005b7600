"""``runbook-tui lint``: one line a finding, and the exit code."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from runbook_tui.cli import lint
from runbook_tui.core.problems import SiteProblem

GOOD = "id: a\ntitle: A\nfamily: setup\noutcome: O.\nsteps:\n  - {id: a, title: A, checks: [tg.exists]}\n"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    lint.add(parser)
    return lint.run(parser.parse_args(words))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("RUNBOOK_TUI_SITE", raising=False)
    return tmp_path


def test_good_files_say_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output stays empty, standard error counts, the code is 0."""
    (here / "a.yaml").write_text(GOOD)
    assert run("a.yaml") == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "1 file: 0 errors, 0 warnings\n")


def test_each_finding_is_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Runbooks and sites are told apart by what they hold; every file is judged, whatever the others say."""
    (here / "a.yaml").write_text(GOOD.replace("tg.exists", "tg.exist"))
    (here / "site.yaml").write_text("net:\n  ciddr: x\naws: {region: eu-west-1}\n")
    assert run("a.yaml", "site.yaml", "gone.yaml") == 2
    assert capsys.readouterr().out.splitlines() == [
        'a.yaml:6:32: no check is called "tg.exist"; did you mean "tg.exists"?',
        'site.yaml:2:3: "ciddr" is not a key of net; did you mean "cidr"?',
        "site.yaml:3:15: warning: aws.region: the guide targets ap-south-1, not eu-west-1; check that it is meant",
        "gone.yaml:1:1: cannot be read: No such file or directory; check the path and its permissions",
    ]


def test_warnings_alone_are_no_failure(here: Path) -> None:
    """What is only unusual does not break a pipeline."""
    (here / "s.yaml").write_text("aws: {region: eu-west-1}\n")
    assert run("s.yaml") == 0


def test_without_a_name_everything_is_judged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All bundled runbooks, and the site when there is one."""
    assert run() == 0
    alone = int(capsys.readouterr().err.split()[0])
    (here / "runbook-tui.yaml").write_text("modus: x\n")
    assert run() == 2
    out, err = capsys.readouterr()
    assert out == 'runbook-tui.yaml:1:1: "modus" is not a key of the site; did you mean "mode"?\n'
    assert int(err.split()[0]) == alone + 1


def test_a_named_site_must_exist(here: Path) -> None:
    """--site that is not there is not the same as no site."""
    with pytest.raises(SiteProblem):
        run("--site", "gone.yaml")


@pytest.mark.slow
def test_lint_and_schema_import_nothing_heavy() -> None:
    """They start in the time of a prompt: no AWS, no HTTP, no screen, no schema library."""
    code = (
        "import sys\n"
        "from runbook_tui.entry import main\n"
        "assert main(['lint']) == 0 and main(['schema']) == 0 and main(['schema', 'site']) == 0\n"
        "heavy = {'boto3', 'botocore', 'httpx', 'rich', 'textual', 'moto', 'jsonschema', 'questionary'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "assert not any(name.startswith('checks.') for name in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr


WAIVER = "- {check: ecs.cluster.activ, reason: r, owner: o, expires: 2026-01-01}\n"


@pytest.mark.parametrize(
    ("name", "text"), [("waivers.yaml", WAIVER), ("other.yaml", "# mine\n\n---\n" + WAIVER), ("waivers.yaml", "x: 1\n")]
)
def test_waivers_are_judged_as_such(here: Path, capsys: pytest.CaptureFixture[str], name: str, text: str) -> None:
    """By the name of the file or by what it holds, wherever it stands."""
    (here / name).write_text(text)
    assert run(name) == 2
    out = capsys.readouterr().out
    assert "ecs.cluster.active" in out or "a list is wanted" in out


def test_the_waivers_beside_the_site_are_judged_with_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file named: the site file, and what waives failures of it."""
    (here / "runbook-tui.yaml").write_text("site: {name: asharvi}\n")
    (here / "waivers.yaml").write_text(WAIVER)
    assert run() == 2
    assert "waivers.yaml:1:" in capsys.readouterr().out
