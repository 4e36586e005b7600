"""The common end of a check that found nothing to fail: what is left to worry about, or all is well."""

from collections.abc import Sequence
from typing import Any

from runbook_tui.core.verdict import Verdict, passed, warn


def warn_or_pass(concerns: Sequence[str], good: str, remedy: str, **evidence: Any) -> Verdict:
    """WARN that names every concern, PASS without any."""
    return warn("; ".join(concerns), remedy, **evidence) if concerns else passed(good, **evidence)


def named(count: int, thing: str) -> str:
    """``1 target``, ``2 targets``."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
