"""``sim fault``, ``faults``, ``advance`` and ``clock``: words to a simulator that runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.support.simulator import ROOT, Running, started

pytestmark = pytest.mark.slow


def _say(*words: str, endpoint: str = "") -> subprocess.CompletedProcess[str]:
    where = ("--endpoint-url", endpoint) if endpoint else ()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RUNBOOK_TUI_"))}
    return subprocess.run(
        [sys.executable, "-m", "runbook_tui", "sim", *words, *where],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def own() -> Iterator[Running]:
    with started("--scenario", "empty", "--speed", "0") as running:
        yield running


def _lines(own: Running, *words: str) -> list[str]:
    done = _say(*words, endpoint=own.endpoint_url)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_fault_is_set_and_cleared_by_word(own: Running) -> None:
    """Each answer tells all faults that are set."""
    assert _lines(own, "fault", "throttled:ecs:ListClusters") == ["set      throttled:ecs:ListClusters"]
    assert own.control("GET", "faults") == {"set": ["throttled:ecs:ListClusters"]}
    assert _lines(own, "fault", "throttled:ecs:ListClusters", "--clear") == ["no fault is set"]


def test_a_fault_comes_at_its_simulated_time(own: Running) -> None:
    """Not before, and not when it is called off."""
    (line,) = _lines(own, "fault", "expired", "--at", "5m")
    assert line.startswith("planned  expired@5m  ")
    _lines(own, "fault", "region-down", "--at", "6m")
    _lines(own, "fault", "region-down@6m", "--clear")
    _lines(own, "advance", "299")
    assert own.control("GET", "faults")["set"] == []
    _lines(own, "advance", "2m")
    assert own.control("GET", "faults") == {"set": ["expired"]}
    assert _lines(own, "fault", "expired", "--clear") == ["no fault is set"]


def test_the_clock_is_asked_and_moved(own: Running) -> None:
    """It stands still but for that."""
    before, after = _lines(own, "clock"), _lines(own, "advance", "1h")
    first, second = (datetime.fromisoformat(line.split()[0]) for (line,) in (before, after))
    assert (second - first).total_seconds() == 3600
    assert after[0].endswith("speed 0")


@pytest.mark.parametrize(
    ("words", "what", "remedy"),
    [
        (("fault", "expried"), "there is no fault expried", "did you mean expired?"),
        (("fault",), "sim fault needs the name of a fault", "runbook-tui list faults"),
        (("fault", "expired", "--clear"), "the fault expired is not set", ""),
        (("fault", "expired", "--clear", "--at", "5m"), "exclude each other", ""),
        (("advance", "far"), "far is no span of time", "write 90s"),
        (("advance",), "sim advance needs how far", "sim advance 10m"),
    ],
)
def test_a_wrong_word_is_refused_with_a_remedy(own: Running, words: tuple[str, ...], what: str, remedy: str) -> None:
    """Exit 2, nothing on stdout, nothing changed."""
    done = _say(*words, endpoint=own.endpoint_url)
    assert (done.returncode, done.stdout) == (2, "")
    assert what in done.stderr
    assert remedy in done.stderr
    assert own.control("GET", "faults") == {"set": []}


def test_it_speaks_to_this_machine_alone() -> None:
    """Neither to AWS nor to nobody."""
    elsewhere = _say("faults", endpoint="https://ecs.ap-south-1.amazonaws.com")
    assert (elsewhere.returncode, "is not on this machine" in elsewhere.stderr) == (2, True)
    nobody = _say("faults", endpoint="http://127.0.0.1:9")
    assert (nobody.returncode, "no simulator answers" in nobody.stderr) == (2, True)
    unsaid = _say("faults")
    assert (unsaid.returncode, "--endpoint-url" in unsaid.stderr) == (2, True)


def test_faults_at_the_start_may_have_a_time() -> None:
    """``--fault NAME@5m`` is planned before the first request."""
    with started("--scenario", "empty", "--speed", "0", faults=("expired@5m",)) as running:
        assert running.control("GET", "faults")["set"] == []
        running.control("POST", "clock", {"advance": 301})
        assert running.control("GET", "faults") == {"set": ["expired"]}
