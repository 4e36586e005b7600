"""``runbook-tui plan``: what a change would do, without a run."""

import json
import shlex

import pytest

from tests.support.program import program
from tests.support.simulator import Running

pytestmark = pytest.mark.slow

RETENTION = ["plan", "logs.set-retention", "--env", "staging"]


def words(simulator: Running, *more: str) -> list[str]:
    return [*RETENTION, "--site", str(simulator.site), *more]


def test_a_plan_is_printed_and_nothing_changes(simulator: Running) -> None:
    """As AWS CLI calls that hold the site's own names; the world is as before."""
    logs = simulator.client("logs")
    before = logs.describe_log_groups()["logGroups"]
    done = program(words(simulator, "--input", "days=365", "--format", "aws"))
    assert done.code == 0, done.err
    call = shlex.split(done.out)
    assert call[:3] == ["aws", "logs", "put-retention-policy"]
    assert json.loads(call[4])["retentionInDays"] == 365
    assert logs.describe_log_groups()["logGroups"] == before


def test_the_json_holds_digest_and_undo(simulator: Running) -> None:
    """A pipeline reads what would be confirmed."""
    done = program(words(simulator, "--input", "days=365", "--format", "json"))
    told = json.loads(done.out)
    assert told["schema"] == 1
    assert len(told["digest"]) == 64
    assert told["plan"]["calls"][0]["undo"][0]["operation"] == "put_retention_policy"


def test_what_is_missing_is_asked_with_5(simulator: Running) -> None:
    """Without its input the plan waits for a human and names the choices."""
    done = program(words(simulator))
    assert done.code == 5
    assert done.out == ""
    assert "days" in done.err


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["--input", "days=31"], 4, "cannot be chosen"),
        (["--input", "days"], 2, "NAME=VALUE"),
    ],
)
def test_what_cannot_be_planned_is_said(simulator: Running, more: list[str], code: int, says: str) -> None:
    """A value that AWS does not take is refused; words that are no input are a usage error."""
    done = program(words(simulator, *more))
    assert done.code == code
    assert says in done.err


def test_an_unknown_action_suggests_another(simulator: Running) -> None:
    """A slip of the pen is met with what was probably meant."""
    done = program(["plan", "logs.set-retentions", "--env", "prod", "--site", str(simulator.site)])
    assert done.code == 2
    assert "logs.set-retention" in done.err
