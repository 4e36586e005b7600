"""The registry of what tells how far a wait has come. A source is one decorated function in
``runbook_tui/progress/``: it reads, and says what it saw. ``source_ids`` imports none of them."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from runbook_tui.aws.access import Aws
    from runbook_tui.core.progress import Awaited
    from runbook_tui.core.reading import Progress
    from runbook_tui.core.site import Environment, Site

Reads = Callable[["Aws", "Site", "Environment", "Awaited"], "Progress"]
_DECORATOR: Final = re.compile(r'\n@source\(\s*"([a-z0-9-]+)"')


class Source(Struct, frozen=True, kw_only=True):
    """``needs`` are the IAM actions that it may call; ``title`` is its heading on the glass."""

    id: str
    title: str
    needs: tuple[str, ...]
    read: Reads


_SOURCES: Final[dict[str, Source]] = {}


def source(source_id: str, *, title: str, needs: tuple[str, ...]) -> Callable[[Reads], Reads]:
    """Register a source."""

    def register(function: Reads) -> Reads:
        if source_id in _SOURCES:
            raise ValueError(f"two sources are called {source_id}")
        _SOURCES[source_id] = Source(id=source_id, title=title, needs=needs, read=function)
        return function

    return register


@cache
def all_sources() -> Mapping[str, Source]:
    """By id, in the order of the alphabet. Imports ``runbook_tui.progress`` the first time."""
    package: Any = importlib.import_module("runbook_tui.progress")
    for module in pkgutil.walk_packages(package.__path__, "runbook_tui.progress."):
        importlib.import_module(module.name)
    return dict(sorted(_SOURCES.items()))


@cache
def source_ids() -> tuple[str, ...]:
    """Without importing them. An installation without sources is asked through the registry."""
    folder = Path(__file__).parent.parent / "progress"
    found = [name for path in folder.glob("*.py") for name in _DECORATOR.findall(path.read_text(encoding="utf-8"))]
    return tuple(sorted(found)) if found else tuple(all_sources())
