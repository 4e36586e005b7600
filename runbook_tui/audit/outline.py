"""The steps of a runbook by name and place, from the text that its journal holds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from runbook_tui.core.text import clean


class Place(NamedTuple):
    """``number`` counts from 1, of ``of``."""

    number: int
    of: int
    title: str


@lru_cache(maxsize=32)
def outline(text: str) -> Mapping[str, Place]:
    """Steps by id, in order; empty for a text that is no runbook (redaction may have hit it)."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found: Any = yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
        steps = [(str(step["id"]), clean(str(step.get("title", step["id"])))) for step in found["steps"]]
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return {step: Place(number, len(steps), title) for number, (step, title) in enumerate(steps, 1)}
