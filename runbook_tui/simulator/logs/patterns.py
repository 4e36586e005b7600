"""Filter patterns of CloudWatch Logs: words, JSON selectors, or fields between spaces."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from runbook_tui.simulator.logs.bad_pattern import bad_pattern
from runbook_tui.simulator.logs.json_pattern import json_pattern
from runbook_tui.simulator.logs.space_pattern import space_pattern
from runbook_tui.simulator.logs.terms import terms_pattern

LONGEST = 1024
Extracted = Mapping[str, str]


class Pattern(Protocol):
    def match(self, message: str) -> Extracted | None:
        """The values that the pattern names, by selector (``$.status``, ``$size``); None when it does not match."""

    def value(self, message: str, selector: str) -> str | None:
        """What a selector stands for in a message that matches; None when there is no such thing."""


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Raises Refused with AWS's InvalidParameterException for what is no pattern."""
    if len(text) > LONGEST:
        raise bad_pattern(f"longer than {LONGEST} characters")
    stripped = text.strip()
    if stripped.startswith("{"):
        return json_pattern(stripped)
    if stripped.startswith("["):
        return space_pattern(stripped)
    return terms_pattern(stripped)
