"""``runbook-tui setup`` in a real pseudo-terminal, from the first question to the written file."""

import os
import sys
from pathlib import Path

import pexpect
import pytest

from runbook_tui.catalogue.site_file import load_site

ROOT = Path(__file__).parents[2]
# A small account stands in for AWS: everything else is the installed program.
PROGRAM = """
import sys, types
from tests.support.asked import AccountReader
wiring = types.ModuleType("runbook_tui.wiring.kit")
wiring.open_reader = lambda site: AccountReader()
sys.modules["runbook_tui.wiring.kit"] = wiring
from runbook_tui.entry import main
sys.exit(main(["setup", "--output", sys.argv[1]]))
"""
ENTER = "\r"
DOWN = "\x1b[B"


def spawn(path: Path) -> "pexpect.spawn[str]":
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "USER": "asha",
        "LOGNAME": "asha",
        "TERM": "xterm",
        "PROMPT_TOOLKIT_NO_CPR": "1",  # nobody answers where the cursor is, and waiting for it takes seconds
        "XDG_CONFIG_HOME": str(path.parent),
    }
    return pexpect.spawn(
        sys.executable,
        ["-c", PROGRAM, str(path)],
        cwd=str(path.parent),
        env=environment,
        encoding="utf-8",
        dimensions=(50, 160),
        timeout=30,
    )


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_from_the_first_question_to_the_file(tmp_path: Path) -> None:
    """Arrow keys, return, and a wrong answer that is put right: the file holds what was answered."""
    path = tmp_path / "s.yaml"
    child = spawn(path)
    child.expect("What is this for")
    child.send("\x1b[A" + ENTER)  # from the simulator up to the real account
    for question in ("Named profile", "Role to assume", "Region"):
        child.expect(question)
        child.send(ENTER)
    child.expect("Is 123456789012 the account")
    child.send(ENTER)
    child.expect("Which cluster")
    child.send("\x1b[A" + ENTER)
    child.expect("Which DNS zone")
    child.send("\x1b[A" + ENTER)
    for question in ("Which VPC", "Name of this installation", "Your name", "Names: use these", "Network: use these"):
        child.expect(question)
        child.send(ENTER)
    child.expect("DNS zone of the API")
    child.send("\x15example.com" + ENTER)
    child.expect("is a placeholder")
    child.send("\x15asharvi.in" + ENTER)
    for section in ("Domain", "Database", "Pipeline", "Thresholds", "Alerts"):
        child.expect(f"{section}: use these")
        child.send(ENTER)
    child.expect("Summary")
    child.expect("Write this to")
    child.send(ENTER)
    child.expect("Next: runbook-tui permissions")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    site = load_site(path)
    assert (site.mode, site.aws.account_id, site.operator.name) == ("real", "123456789012", "asha")
    assert (site.ecs.cluster, site.domain.zone, site.net.vpc_id) == ("backend", "asharvi.in", "vpc-0aaaaaaaaaaaaaaaa")


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_leaving_in_the_middle_writes_nothing(tmp_path: Path) -> None:
    """Ctrl-C: exit code 2, a word about it, and the former file untouched."""
    path = tmp_path / "s.yaml"
    path.write_text("mode: simulator\n")
    child = spawn(path)
    child.expect("What is this for")
    child.sendcontrol("c")
    child.expect("nothing was written")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2
    assert path.read_text() == "mode: simulator\n"
    assert [one.name for one in tmp_path.iterdir()] == ["s.yaml"]
