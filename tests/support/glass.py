"""What is on the glass: the text grid of the screen as the compositor would send it to a terminal."""

from typing import Any

from textual.app import App
from textual.pilot import Pilot


def lines(app: App[Any]) -> list[str]:
    """One text a row, without trailing spaces; whatever lies under another widget or outside is not in it."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()][: app.size.height]


def text(app: App[Any]) -> str:
    return "\n".join(lines(app))


async def until(pilot: Pilot[Any], *wanted: str, seconds: float = 10.0) -> str:
    """The glass as soon as it shows every one of these texts. AssertionError, with the glass, when it never does."""
    waited = 0.0
    while waited < seconds:
        await pilot.pause(0.02)
        shown = text(pilot.app)
        if all(part in shown for part in wanted):
            return shown
        waited += 0.02
    missing = [part for part in wanted if part not in text(pilot.app)]
    raise AssertionError(f"never shown: {missing}\n{text(pilot.app)}")


def line_of(shown: str, part: str) -> int:
    """The row in which a text stands, from 0."""
    return next(n for n, line in enumerate(shown.splitlines()) if part in line)
