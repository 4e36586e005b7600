"""``runbook-tui demo`` in a real terminal."""

import os
from pathlib import Path

import pytest

from tests.support.terminal import Terminal, plain

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_the_screen_stands_before_the_simulated_world_does(tmp_path: Path) -> None:
    """The first frame says that nobody was asked yet; then what is still to answer counts down, and it ends whole."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    terminal = Terminal(["demo", "--state-dir", str(tmp_path / "state")], plain(environment))
    first = terminal.until("staging")
    assert "SIMULATED" in first
    assert "not asked yet" in first or "asking" in first
    terminal.until("to answer")
    terminal.until("just now")
    terminal.press("q")
    assert terminal.until_end() == 0
