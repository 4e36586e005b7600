"""In which order causes are shown: what lies upstream comes first, for it explains what lies below it. Pure."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from runbook_tui.triage.rule import Rule

if TYPE_CHECKING:
    from runbook_tui.triage.diagnosis import Cause

# Catalogue 5.3: a rule of its own before its family's place.
PRECEDENCE: Final = ("T6a", "T10", "T5", "T3", "T2", "T6", "T8", "T1", "T4", "T7", "T9", "T0")


def ranked(causes: Iterable["Cause"], rules: Mapping[str, Rule], likely: float) -> tuple["Cause", ...]:
    """Likely ones by precedence, and within a family by confidence; then the possible ones in the same way. A cause
    whose rule only points to others comes after those of them that are as likely."""
    ordered = sorted(
        causes, key=lambda one: (one.confidence < likely, place(one.rule, rules), -one.confidence, one.rule)
    )
    found: list[Cause] = []
    for one in reversed(ordered):
        found.insert(_after_explained(one, found, rules, likely), one)
    return tuple(found)


def place(rule_id: str, rules: Mapping[str, Rule]) -> int:
    if rule_id in PRECEDENCE:
        return PRECEDENCE.index(rule_id)
    return PRECEDENCE.index(rules[rule_id].family)


def _after_explained(one: "Cause", later: list["Cause"], rules: Mapping[str, Rule], likely: float) -> int:
    """Where in ``later`` it belongs: behind the last cause that it points to."""
    if one.rule not in rules:
        return 0
    wanted = rules[one.rule].points_to
    places = [
        number
        for number, other in enumerate(later)
        if other.rule in rules
        and (other.rule in wanted or rules[other.rule].family in wanted)
        and (other.confidence >= likely) == (one.confidence >= likely)
    ]
    return max(places) + 1 if places else 0
