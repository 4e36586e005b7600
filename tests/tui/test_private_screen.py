"""What is shown once: on its own screen, in letters that can be read off, and gone when it is left."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.simulator.seed.people import MACHINE
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.launch import Launch
from runbook_tui.tui.screens.private import PrivateScreen
from tests.support.glass import text, until
from tests.support.simulator import Running, started

VALUES = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}


@asynccontextmanager
async def opened(size: tuple[int, int]) -> AsyncIterator[Pilot[None]]:
    app: App[None] = App()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(PrivateScreen(dict(VALUES)))
        await pilot.pause()
        yield pilot


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_values_are_whole_on_the_glass(size: tuple[int, int]) -> None:
    """Neither cut nor wrapped: somebody reads them off. Enter asks first, and then nothing is left."""
    async with opened(size) as pilot:
        assert all(value in text(pilot.app) for value in (*VALUES, *VALUES.values()))
        await pilot.press("enter")
        await until(pilot, "Is it in its store?")
        await pilot.press("enter")
        await pilot.pause()
        assert not any(value in text(pilot.app) for value in VALUES.values())
        assert not isinstance(pilot.app.screen, PrivateScreen)


async def test_the_clipboard_has_it_on_request_only() -> None:
    """A digit copies one value; leaving empties the clipboard."""
    async with opened((120, 36)) as pilot:
        assert pilot.app.clipboard == ""
        await pilot.press("2")
        assert pilot.app.clipboard == VALUES["AWS_SECRET_ACCESS_KEY"]
        await pilot.press("9", "enter", "enter")
        await pilot.pause()
        assert pilot.app.clipboard == ""


def in_files(folder: Path, secret: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


@pytest.fixture
def simulator() -> Iterator[Running]:
    """Its own: a key is made in it."""
    with started("--speed", "0") as running:
        yield running


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_new_key_reaches_the_screen_that_confirmed_it(
    simulator: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: the same key pressed again says that it was shown. No file of the run holds the secret."""
    for name, value in simulator.environment().items():
        monkeypatch.setenv(name, value)
    launch = Launch(site=str(simulator.site), state_dir=tmp_path, program=(sys.executable, "-m", "runbook_tui", "host"))
    app = RunbookApp(launch, load_site(simulator.site), start=("access-key-rotation", "staging"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, "✔ pass    iam.keys.age", "✔ pass    iam.cicd.no-static-keys", seconds=30)
        await pilot.press("1")
        await until(pilot, "✔ pass    rotation.room", "Plan the change", seconds=30)
        await pilot.press("a")
        await until(pilot, "Whose key?", seconds=30)
        listed = [line for line in text(app).splitlines() if MACHINE in line]
        await pilot.press(next(letter for letter in listed[0] if letter.isdigit()))
        await until(pilot, f"Make a new access key for {MACHINE}", seconds=30)
        await pilot.press("enter")
        shown = await until(pilot, "Shown once", "AWS_SECRET_ACCESS_KEY", seconds=30)
        assert isinstance(app.screen, PrivateScreen)
        secret = app.screen._values["AWS_SECRET_ACCESS_KEY"]
        assert secret in shown
        await pilot.press("enter", "enter")
        await pilot.pause()
        await pilot.press("a")
        await until(pilot, "it was shown already")
        assert secret not in text(app)
    assert not in_files(tmp_path, secret)
