"""Walks without a screen: exit codes, interruption, and what is never said."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.audit.verify import verify
from runbook_tui.core.state import Phase, fold
from tests.support.program import program
from tests.support.simulator import Running
from tests.support.wire import WHO, Asked, Reply, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ANSWERS = """\
answers: {release: fresh, deployment: finished}
confirm: {logs: read, iam-activity: judged, rotation: in place, cost: compared, sign: on-call}
"""


def walk_words(site: Path, folder: Path, answers: str) -> list[str]:
    path = folder / "answers.yaml"
    path.write_text(answers)
    words = ["run", "validation", "--env", "prod", "--headless", "--answers", str(path)]
    return [*words, "--site", str(site), "--state-dir", str(folder / "state")]


def test_a_green_walk_ends_with_0_and_names_its_tip(simulator: Running, tmp_path: Path) -> None:
    """A walk on the healthy world exits 0; its data names the run and the tip that the journal ends with."""
    done = program(walk_words(simulator.site, tmp_path, ANSWERS))
    assert done.code == 0, done.err
    said = dict(line.split(" ", 1) for line in done.out.splitlines())
    report = verify(tmp_path / "state" / "runs" / f"{said['run']}.jsonl")
    assert report.ok
    assert (said["phase"], said["tip"], said["events"]) == ("finished", report.tip, str(report.lines))


def test_where_the_answers_are_silent_it_waits_and_resumes(simulator: Running, tmp_path: Path) -> None:
    """Without an answer the walk exits 5 and says how to go on; with it the same run reaches its end."""
    done = program(walk_words(simulator.site, tmp_path, "answers: {}"))
    assert done.code == 5
    assert "needs an answer" in done.err
    run = re.search(r"runbook-tui resume (\S+)", done.err)
    assert run is not None
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    words = ["resume", run[1], "--headless", "--answers", str(tmp_path / "answers.yaml")]
    again = program([*words, "--site", str(simulator.site), "--state-dir", str(tmp_path / "state")])
    assert again.code == 0, again.err
    state = fold(read(tmp_path / "state" / "runs" / f"{run[1]}.jsonl"))
    assert state.phase is Phase.FINISHED


def test_a_failure_exits_1_and_a_denial_3(simulator: Running, tmp_path: Path) -> None:
    """A failed check without a branch or reason halts with 1, one that nobody may ask with 3."""
    with simulator.fault("secret-key-missing"):
        assert program(walk_words(simulator.site, tmp_path, ANSWERS)).code == 1
    with simulator.fault("denied:ecr:GetLifecyclePolicy"):
        done = program(walk_words(simulator.site, tmp_path, ANSWERS))
    assert done.code == 3
    assert "ecr:GetLifecyclePolicy" in done.err


def test_expired_sign_in_exits_4_and_the_run_resumes_at_its_step(simulator: Running, tmp_path: Path) -> None:
    """When the sign-in expires in the middle, the run stops with the remedy and later goes on at the same step."""
    waiting = program(walk_words(simulator.site, tmp_path, "answers: {release: fresh}"))
    run = re.search(r"runbook-tui resume (\S+)", waiting.err)
    assert run is not None
    words = ["resume", run[1], "--headless", "--answers", str(tmp_path / "answers.yaml")]
    words += ["--site", str(simulator.site), "--state-dir", str(tmp_path / "state")]
    with simulator.fault("expired"):
        stopped = program(words)
    assert stopped.code == 4
    assert "sign" in stopped.err.lower()
    assert "→" in stopped.err
    path = tmp_path / "state" / "runs" / f"{run[1]}.jsonl"
    before = fold(read(path))
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    again = program(words)
    assert again.code == 0, again.err
    assert before.current == "deployment"


def test_ctrl_c_leaves_a_valid_journal_and_says_how_to_go_on(simulator: Running, tmp_path: Path) -> None:
    """Interrupted in the middle of a slow check, the walk pauses, says how to resume, and its journal verifies."""
    with simulator.fault("slow:ecs:DescribeClusters:20"):
        process = subprocess.Popen(
            [sys.executable, "-m", "runbook_tui", *walk_words(simulator.site, tmp_path, ANSWERS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "whether a deployment" in line:
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 5
    assert "runbook-tui resume" in err
    said = dict(line.split(" ", 1) for line in out.splitlines())
    path = tmp_path / "state" / "runs" / f"{said['run']}.jsonl"
    assert verify(path).ok
    assert fold(read(path)).phase is Phase.PAUSED


def test_a_journal_that_cannot_be_made_exits_6(simulator: Running, tmp_path: Path) -> None:
    """Where the state folder cannot be, nothing is walked and the exit code is the journal's."""
    (tmp_path / "state").write_text("a file, not a folder")
    done = program(walk_words(simulator.site, tmp_path, ANSWERS))
    assert done.code == 6
    assert "→" in done.err


SECRETS = (
    "mongodb+srv://app:Tr0ub4dor-prod@cluster0.example.mongodb.net/app",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----",
    "Authorization: Bearer 8f14e45fceea167a5a36dedd4bea2543",
    "JWT_SECRET=correct-horse-battery-staple-0123456789",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "password=hunter2hunter2",
)
NEEDLES = (
    "Tr0ub4dor-prod",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI",
    "dozjgNryP4J3jVmNHl0w5N",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw",
    "8f14e45fceea167a5a36dedd4bea2543",
    "correct-horse-battery-staple",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "hunter2hunter2",
)


def blabbing(asked: Asked) -> Reply:
    """STS says who we are; everything else is refused with an error that is full of secrets."""
    if asked.operation == "GetCallerIdentity":
        return WHO
    if asked.path == "/_sim/ingress":
        return Reply(body=json.dumps({"http": "127.0.0.1:9", "https": "127.0.0.1:9", "ca": ""}).encode())
    text = " | ".join(SECRETS)
    body = json.dumps({"__type": "ValidationException", "message": text, "Message": text})
    return Reply(status=400, body=body.encode(), headers={"x-amzn-ErrorType": "ValidationException"})


def test_no_secret_of_an_answer_or_a_note_is_ever_said(tmp_path: Path) -> None:
    """AWS answers and notes full of secrets leave none of them on stdout, stderr, in the journal or a report."""
    with serving(blabbing) as wire:
        site = tmp_path / "site.yaml"
        site.write_text(
            f'mode: simulator\naws: {{account_id: "123456789012", endpoint_url: "{wire.url()}"}}\n'
            "domain: {zone: asharvi.test}\nenvironments: {staging: {}, prod: {}}\n"
        )
        said: list[str] = []
        for form in ("table", "json", "junit", "markdown"):
            done = program(["check", "secret.*", "ecs.*", "ecr.*", "--site", str(site), "--format", form])
            said += [done.out, done.err]
            assert done.code == 3, done.err
        notes = json.dumps({step: " ".join(SECRETS) for step in ("identity", "release", "deployment", "settle")})
        done = program(walk_words(site, tmp_path, f"skip: {notes}"))
        said += [done.out, done.err]
    (journal,) = (tmp_path / "state" / "runs").glob("*.jsonl")
    said.append(journal.read_text())
    for form in ("json", "markdown", "html"):
        report = program(["audit", "export", "latest", "--format", form, "--state-dir", str(tmp_path / "state")])
        assert report.code == 0, report.err
        said.append(report.out)
    assert verify(journal).ok
    for needle in NEEDLES:
        assert not [text for text in said if needle in text], needle


def test_a_secret_in_the_site_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """A site file that holds a secret is refused by line, and the message does not hold it."""
    site = tmp_path / "site.yaml"
    site.write_text(f'mode: simulator\naws: {{account_id: "123456789012"}}\noperator:\n  name: "{SECRETS[0]}"\n')
    done = program(["check", "--site", str(site)])
    assert done.code == 2
    assert f"{site}:4:" in done.err
    assert "Tr0ub4dor-prod" not in done.err
