"""``runbook-tui audit``: what is printed, where, and with which exit code."""

import argparse
import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.audit.folder import runs_folder
from runbook_tui.audit.verify import verify
from runbook_tui.cli import audit
from runbook_tui.core.problems import JournalProblem, UsageProblem
from runbook_tui.core.state import RunState
from tests.support.crash import RUN, new_journal, walk

ROOT = Path(__file__).parents[2]
OTHER = "20261101-000000-crash-0000"

Verb = Callable[..., int]


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    for run in (OTHER, RUN):
        journal = new_journal(runs_folder(tmp_path), run=run)
        walk(journal, RunState())
        journal.close()
    return tmp_path


@pytest.fixture
def verb(state_dir: Path) -> Verb:
    parser = argparse.ArgumentParser()
    audit.add(parser)
    return lambda *words: audit.run(parser.parse_args([*map(str, words), "--state-dir", str(state_dir)]))


def _path(state_dir: Path, run: str = RUN) -> Path:
    return runs_folder(state_dir) / f"{run}.jsonl"


def _tamper(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"a.two", b"a.twp"))


def test_verify_says_one_line_a_journal(verb: Verb, state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Newest first, with the number of entries and the whole tip."""
    assert verb("verify") == 0
    reports = [verify(_path(state_dir, run)) for run in (RUN, OTHER)]
    expected = [f"✔ whole   {report.path.stem}  {report.lines} entries  tip {report.tip}" for report in reports]
    assert capsys.readouterr().out.splitlines() == expected


def test_verify_of_a_broken_journal_is_exit_code_6(
    verb: Verb, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line is named, and the others are still looked at."""
    _tamper(_path(state_dir))
    assert verb("verify") == JournalProblem.exit_code
    broken, whole = capsys.readouterr().out.splitlines()
    assert broken.startswith(f"✘ broken  {RUN}  line 3: the line was changed")
    assert whole.startswith(f"✔ whole   {OTHER}")


def test_verify_takes_runs_and_files(verb: Verb, state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By name, by its start, by path, several at once."""
    assert verb("verify", "latest", "20261101", _path(state_dir)) == 0
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == [RUN, OTHER, RUN]


def test_verify_of_nothing_is_said_on_standard_error(
    verb: Verb, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No journals are no defect, but not silence either."""
    for run in (RUN, OTHER):
        _path(state_dir, run).unlink()
    assert verb("verify") == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "no journals" in said.err


@pytest.mark.parametrize("words", [("verify", "nobody"), ("show", "nobody"), ("export", "nobody")])
def test_a_run_that_is_not_there_is_a_usage_problem(verb: Verb, words: tuple[str, ...]) -> None:
    """With what to do."""
    with pytest.raises(UsageProblem, match="nobody"):
        verb(*words)


def test_list_is_one_line_a_run(verb: Verb, state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict or phase, environment, world, when, what, who; a broken one says why and sets exit code 6."""
    assert verb("list") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(RUN)
    assert second.startswith(OTHER)
    for said in ("✘ fail", "PROD", "simulated", "2026-11-23 03:00Z", "A small walk", "you@laptop"):
        assert said in first
    _path(state_dir).write_bytes(b"garbage\n")
    assert verb("list") == JournalProblem.exit_code
    assert "✘ broken" in capsys.readouterr().out


def test_show_tells_the_run_line_by_line(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each entry, verdicts as symbol and word, the tip at the end."""
    assert verb("show", "latest") == 0
    out = capsys.readouterr().out
    assert "2026-11-23 03:00:03Z  check     ✘ fail  a.two: 1 of 2  (you@laptop)" in out
    assert out.splitlines()[1] == "finished: ✘ fail"
    assert out.splitlines()[-1].startswith("✔ ")


def test_show_of_a_tampered_run_ends_with_6(verb: Verb, state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is shown, and it is said."""
    _tamper(_path(state_dir))
    assert verb("show", RUN) == JournalProblem.exit_code
    assert "✘ NOT VERIFIED" in capsys.readouterr().out


def test_export_to_standard_output_is_data_alone(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    """Narration goes to standard error, so that the output can be piped."""
    assert verb("export", RUN, "--format", "json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["run"] == RUN
    assert "tip" in said.err


def test_export_to_a_file_is_private(verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0600, whole, and written over an older one."""
    target = tmp_path / "report.html"
    target.write_text("old")
    assert verb("export", RUN, "--format", "html", "--output", target) == 0
    assert target.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "report" in path.name] == ["report.html"]
    assert capsys.readouterr().out == ""


def test_export_to_nowhere_is_a_usage_problem(verb: Verb, tmp_path: Path) -> None:
    """Said, with nothing left behind."""
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "none" / "x.md", tmp_path / "file" / "x.md"):
        with pytest.raises(UsageProblem, match="cannot be written"):
            verb("export", RUN, "--output", target)


def test_the_state_folder_can_stand_before_the_verb(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also when it is not repeated after it."""
    parser = argparse.ArgumentParser()
    audit.add(parser)
    assert audit.run(parser.parse_args(["--state-dir", str(state_dir), "verify", RUN])) == 0
    assert RUN in capsys.readouterr().out


def test_the_environment_names_the_state_folder(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When no option does."""
    monkeypatch.setenv("RUNBOOK_TUI_STATE_DIR", str(state_dir))
    parser = argparse.ArgumentParser()
    audit.add(parser)
    assert audit.run(parser.parse_args(["verify", "latest"])) == 0
    assert RUN in capsys.readouterr().out


@pytest.mark.slow
def test_verifying_imports_the_standard_library_alone(state_dir: Path) -> None:
    """Neither parsers nor AWS nor the screen: fast, and it trusts nobody."""
    script = (
        "import argparse, sys; from runbook_tui.cli import audit; parser = argparse.ArgumentParser();"
        "audit.add(parser); code = audit.run(parser.parse_args(sys.argv[1:]));"
        "heavy = {'msgspec', 'yaml', 'boto3', 'botocore', 'textual', 'rich', 'httpx', 'platformdirs'};"
        "print(sorted(heavy & set(sys.modules))); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "verify", "--state-dir", str(state_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"
