"""What is wrong is said in one place, with its remedy and the right exit code."""

import sys
from pathlib import Path

import pytest

from tests.support.program import program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SITE = """\
mode: simulator
aws:
  account_id: "123456789012"
  endpoint_url: http://127.0.0.1:1
domain:
  zone: asharvi.test
environments:
  staging: {}
  prod: {}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "runbook-tui.yaml"
    path.write_text(SITE)
    return path


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["chekc"], 2, "did you mean: runbook-tui check"),
        (["check", "ecs.service.desired-mim", "--site", "{site}"], 2, 'did you mean "ecs.service.desired-min"'),
        (["check", "--env", "production", "--site", "{site}"], 2, "no environment production"),
        (["check", "--site", "{folder}/none.yaml"], 2, "none.yaml"),
        (["run", "validatoin", "--env", "prod", "--headless", "--site", "{site}"], 2, "validation"),
        (["check", "pre.region", "--site", "{site}"], 2, "the simulator does not answer"),
        (["resume", "nothing", "--site", "{site}", "--state-dir", "{folder}"], 2, "nothing"),
        (["--site", "{site}"], 2, "this is not a terminal"),
        (["run", "validation", "--env", "prod", "--site", "{site}"], 2, "this is not a terminal"),
        (["demo"], 2, "this is not a terminal"),
        (["sim", "--fault", "targets-unhelthy"], 2, "did you mean targets-unhealthy"),
        (
            ["run", "validation", "--env", "prod", "--headless", "--answers", "{folder}/none", "--site", "{site}"],
            2,
            "none",
        ),
        (["audit", "verify", "{folder}/none.jsonl", "--state-dir", "{folder}"], 2, "none.jsonl"),
    ],
)
def test_a_mistake_on_the_command_line_is_explained(
    words: list[str], code: int, said: str, site: Path, tmp_path: Path
) -> None:
    """Each mistake gives its exit code, what and why on standard error, a remedy, and never a traceback."""
    done = program([word.format(site=site, folder=tmp_path) for word in words])
    assert done.code == code, done.err
    assert said in done.err
    assert "→" in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_an_unknown_site_key_names_its_line(site: Path) -> None:
    """An unknown key of the site file is an error with file, line and the key that was meant."""
    site.write_text(SITE.replace("account_id:", "acount_id:"))
    done = program(["check", "--site", str(site)])
    assert done.code == 2
    assert f"{site}:3:" in done.err
    assert "account_id" in done.err


def test_a_dumb_terminal_is_told_what_works(site: Path) -> None:
    """With TERM=dumb in a real terminal the program says which verbs need none."""
    import pexpect

    child = pexpect.spawn(
        "env", ["TERM=dumb", sys.executable, "-m", "runbook_tui", "--site", str(site)], encoding="utf-8", timeout=30
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2
    assert "runbook-tui check" in str(child.before)


def test_a_state_folder_that_cannot_be_written_stops_before_the_run(site: Path, tmp_path: Path) -> None:
    """Where the journal cannot be made, nothing is started and the remedy names the option."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = program(["doctor", "--site", str(site), "--state-dir", str(blocked / "state")])
    assert done.code == 1
    assert "--state-dir" in done.out
