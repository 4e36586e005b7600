"""Lists that AWS always sends, be they empty: one that is not there was not read, and must not pass for none."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import FactType, parse_all


def listed(answer: Mapping[str, Any], member: str, fact: type[FactType]) -> tuple[FactType, ...]:
    """Malformed when the answer has no such member."""
    if member not in answer:
        raise Malformed(f"AWS answered without {member}", remedy="re-check; if it stays, update runbook-tui")
    return parse_all(answer, member, fact)
