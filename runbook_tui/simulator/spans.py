"""Spans of simulated time as people write them."""

import re

from runbook_tui.core.problems import UsageProblem

_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: str) -> float:
    """``90s``, ``10m``, ``2h``, ``1d`` or a number of seconds. Raises UsageProblem."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise UsageProblem(f"{text} is no span of time", "write 90s, 10m, 2h, 1d or a number of seconds")
    return float(found.group(1)) * _SECONDS[found.group(2)]
