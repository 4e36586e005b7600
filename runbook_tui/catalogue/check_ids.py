"""Ids of all checks without importing them: lint needs names only, and the imports cost five times the rest of it.

A test holds that this reads exactly what the registry registers, in the same order.
"""

import re
from importlib import import_module
from pathlib import Path
from typing import Final

# No file begins with a check; to look for line ends is six times faster than to look at every line's beginning.
_DECORATOR: Final = re.compile(r'\n@check\(\s*"([a-z0-9.-]+)",\s*guide="([^"]+)"')


def check_ids() -> tuple[str, ...]:
    """In the registry's order. An installation without sources is asked through the registry."""
    folder = Path(import_module("checks").__file__ or "").parent  # the empty package itself: layers point down
    found = [pair for path in folder.rglob("*.py") for pair in _DECORATOR.findall(path.read_text(encoding="utf-8"))]
    if not found:
        from runbook_tui.catalogue.registry import all_checks

        return tuple(all_checks())
    return tuple(name for name, _ in sorted(found, key=lambda pair: (_numbers(pair[1]), pair[0])))


def _numbers(guide: str) -> tuple[int, ...]:
    return tuple(int(part) for part in guide.split(".") if part.isdigit())
