"""``runbook-tui triage`` as a process against the simulated AWS, and what it prints."""

import json

import pytest

from tests.support.program import program
from tests.support.simulator import Running

pytestmark = pytest.mark.slow


def test_a_healthy_environment_has_nothing_wrong(simulator: Running) -> None:
    """Exit code 0, and JSON of schema 1 with every part that was seen."""
    done = program(
        ["triage", "--site", str(simulator.site), "--env", "prod", "--format", "json"], simulator.environment()
    )
    told = json.loads(done.out)
    assert (told["causes"], told["environment"]) == ([], "prod")
    late = [one for one in told["unseen"] if one["why"].startswith("timeout")]
    assert done.code == 0 or (done.code == 3 and late)  # on a machine that has no time for ten seconds
    assert list(told) == ["schema", "environment", "onset", "causes", "changes", "unseen"]
    assert {"at", "source", "who", "what"} == {*told["changes"][0]}


def test_an_environment_that_is_none_is_a_usage_error(simulator: Running) -> None:
    """Before AWS is asked anything."""
    done = program(["triage", "--site", str(simulator.site), "--env", "test"], simulator.environment())
    assert done.code == 2
    assert "staging, prod" in done.err
