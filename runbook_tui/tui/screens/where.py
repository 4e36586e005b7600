"""Which environment? Asked before each run; production is unmistakable, and never the marked answer."""

from typing import TYPE_CHECKING

from runbook_tui.core.runbook import Runbook
from runbook_tui.tui.paint import BAD
from runbook_tui.tui.screens.choose import Choice, ChooseScreen

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


def ask_where(app: "RunbookApp", runbook: Runbook) -> None:
    names = sorted((name for name in runbook.environments if name in app.environments), key=lambda name: name == "prod")
    choices = [_choice(name, used) for name, used in zip(names, _keys(names), strict=True)]
    of_key = {choice.key: name for choice, name in zip(choices, names, strict=True)}

    def chosen(key: str | None) -> None:
        if key is not None:
            app.walk(runbook.id, of_key[key])

    app.push_screen(ChooseScreen(f"{runbook.title}: where?", runbook.outcome, choices), chosen)


def _keys(names: list[str]) -> list[str]:
    """First letters where they differ, else numbers."""
    letters = [name[0] for name in names]
    return letters if len(set(letters)) == len(letters) else [str(n) for n in range(1, len(names) + 1)]


def _choice(name: str, key: str) -> Choice:
    if name == "prod":
        return Choice(key=key, label="PROD", more="production: real users", style=f"bold {BAD}")
    return Choice(key=key, label=name)
