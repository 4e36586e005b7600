"""Ids of all actions without importing them, as ``check_ids`` does for checks. A test holds the two together."""

import re
from functools import cache
from pathlib import Path
from typing import Final

_DECORATOR: Final = re.compile(r'\n@action\(\s*"([a-z0-9.-]+)"')


@cache
def action_ids() -> tuple[str, ...]:
    """In the order of the alphabet. An installation without sources is asked through the registry."""
    folder = Path(__file__).parent.parent / "actions"
    found = [name for path in folder.rglob("*.py") for name in _DECORATOR.findall(path.read_text(encoding="utf-8"))]
    if not found:
        from runbook_tui.catalogue.actions import all_actions

        return tuple(all_actions())
    return tuple(sorted(found))
