"""Writes a run's report to a file: which format, and where it went."""

from pathlib import Path
from typing import Final

from runbook_tui.tui import library
from runbook_tui.tui.background import in_background
from runbook_tui.tui.messages import Told
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.screens.choose import Choice, ChooseScreen

FORMATS: Final = {"m": ("markdown", "Markdown"), "h": ("html", "HTML"), "j": ("json", "JSON")}
_MORE: Final = {"m": "for a ticket or a wiki", "h": "one page, opens in any browser", "j": "for programs"}


def ask_export(screen: Glass, run: str, path: Path) -> None:
    """``Told`` comes to the screen when the file is written."""
    choices = [Choice(key=key, label=label, more=_MORE[key]) for key, (_, label) in FORMATS.items()]
    folder = screen.program.launch.state_dir / "exports"

    def chosen(key: str | None) -> None:
        if key is not None:
            format_name = FORMATS[key][0]
            in_background(screen, lambda: library.exported(path, folder, format_name))
            screen.post_message(Told("Writing the report …"))

    screen.app.push_screen(ChooseScreen("Write the report", f"{run} → {folder}", choices), chosen)
