"""The practice screen on a real simulator."""

from pathlib import Path

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.launch import Launch
from tests.support.glass import until
from tests.support.simulator import Running

SIZE = (120, 36)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


async def test_a_fault_is_set_and_cleared_with_a_key(simulator: Running, tmp_path: Path) -> None:
    """f lists what can go wrong; Enter lets it go wrong in the simulator itself, and puts it right again."""
    site = load_site(simulator.site)
    app = RunbookApp(Launch(site=str(simulator.site), state_dir=tmp_path), site)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "Environments")
        await pilot.press("f")
        await until(pilot, "fine  alarm-actions-off")
        await pilot.press("enter")
        await until(pilot, "✘ wrong alarm-actions-off", "1 wrong now")
        assert simulator.control("GET", "faults")["set"] == ["alarm-actions-off"]
        await pilot.press("enter")
        await until(pilot, "· fine  alarm-actions-off", "Nothing is wrong")
        assert simulator.control("GET", "faults")["set"] == []


async def test_a_wrong_argument_is_refused_in_the_simulators_words(simulator: Running, tmp_path: Path) -> None:
    """A fault with an argument asks for it, and what the simulator says against it is on the glass."""
    site = load_site(simulator.site)
    app = RunbookApp(Launch(site=str(simulator.site), state_dir=tmp_path), site)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "Environments")
        await pilot.press("f")
        await until(pilot, "denied:<service:Action>")
        while "▸· fine  denied" not in await until(pilot, "What can go wrong"):
            await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, "Which?")
        await pilot.press(*"nonsense", "enter")
        await until(pilot, "Not done")
        assert simulator.control("GET", "faults")["set"] == []
