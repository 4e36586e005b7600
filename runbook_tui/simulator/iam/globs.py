"""IAM's globs: ``*`` and ``?`` alone, with variables."""

import re
from functools import lru_cache
from typing import Any

from runbook_tui.simulator.iam.context import Context, Given, filled

_NOTHING = Given({})


def glob(pattern: str, text: str, context: Context = _NOTHING, *, variables: bool = True) -> bool:
    """A variable without a value matches nothing. Without ``variables`` they are plain text, as before 2012."""
    if not variables or "${" not in pattern:
        return _compiled(pattern).fullmatch(text) is not None
    expression = filled(pattern, context, _escaped)
    return expression is not None and re.fullmatch(expression, text, re.DOTALL) is not None


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(_escaped(pattern), re.DOTALL)


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
