"""Which checks a command line means."""

from collections.abc import Mapping, Sequence
from typing import Final

from runbook_tui.catalogue.registry import Check, matching
from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.verdict import Severity

WORST_FIRST: Final = tuple(Severity)


def chosen(
    checks: Mapping[str, Check],
    patterns: Sequence[str] = (),
    *,
    sections: Sequence[str] = (),
    at_least: Severity | None = None,
) -> tuple[str, ...]:
    """Ids in the guide's order: those of any pattern, in any of the sections, of this severity or a worse one. Without
    a pattern those that a sweep asks: what answers on request only has to be named.

    UsageProblem for a pattern or a section that means nothing.
    """
    names = _any_of(checks, patterns) if patterns else [name for name, one in checks.items() if not one.on_request]
    inside = set(_any_of(checks, [f"section:{section}" for section in sections]))
    serious = WORST_FIRST if at_least is None else WORST_FIRST[: WORST_FIRST.index(at_least) + 1]
    return tuple(name for name in names if name in inside and checks[name].severity in serious)


def _any_of(checks: Mapping[str, Check], patterns: Sequence[str]) -> tuple[str, ...]:
    if not patterns:
        return tuple(checks)
    wanted: set[str] = set()
    for pattern in patterns:
        found = matching(pattern, dict(checks))
        if not found:
            raise UsageProblem(*_nothing(pattern, checks))
        wanted.update(found)
    return tuple(name for name in checks if name in wanted)


def _nothing(pattern: str, checks: Mapping[str, Check]) -> tuple[str, str]:
    if pattern.startswith("section:"):
        known = dict.fromkeys(check.guide.partition(".")[0] for check in checks.values())
        return f"no check belongs to section {pattern.removeprefix('section:')}", f"one of: {', '.join(known)}"
    return f"no check is called {pattern}", did_you_mean(pattern, checks) or "see: runbook-tui list checks"
