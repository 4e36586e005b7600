"""The verdicts of one sweep, as every format needs them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from msgspec import Struct

from runbook_tui.catalogue.registry import Check
from runbook_tui.catalogue.sections import order, section_of
from runbook_tui.cli.baseline import Difference
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Severity, Status, Waiver
from runbook_tui.engine.survey import Answered

TROUBLE: Final = frozenset((Status.FAIL, Status.UNKNOWN, Status.WARN))


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``environment`` is None for a check that both environments share."""

    id: str
    environment: str | None
    status: Status
    severity: Severity
    guide: str
    because: str
    evidence: Mapping[str, Any]
    remedy: str
    duration_ms: int
    attested: bool = False
    waiver: Waiver | None = None

    @classmethod
    def of(cls, check: Check, answered: Answered) -> "Result":
        verdict = answered.verdict
        return cls(
            id=check.id,
            environment=answered.job.environment or None,
            status=verdict.status,
            severity=check.severity,
            guide=check.guide,
            because=clean(verdict.because),
            evidence=verdict.evidence,
            remedy=clean(verdict.remedy),
            duration_ms=answered.duration_ms,
            attested=verdict.attested,
            waiver=verdict.waiver,
        )

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.environment or ""

    @property
    def where(self) -> str:
        return self.environment or "shared"

    @property
    def waived(self) -> bool:
        return self.status is Status.FAIL and self.waiver is not None

    @property
    def fails(self) -> bool:
        """A failure that nobody answers for."""
        return self.status is Status.FAIL and self.waiver is None

    @property
    def word(self) -> str:
        """What stands beside the symbol: a waived failure has a word of its own."""
        return "waived" if self.waived else self.status.word


class Sweep(Struct, frozen=True, kw_only=True):
    """``results`` are all of them; ``only`` narrows what is shown, not what is counted. ``titles`` say what PASS
    of a check means; ``site`` is the site file's path."""

    world: str
    account: str
    region: str
    environment: str | None
    started_at: datetime
    finished_at: datetime
    api_calls: int
    results: tuple[Result, ...]
    only: Collection[Status] = ()
    titles: Mapping[str, str] = {}
    site: str = ""
    difference: Difference | None = None

    @property
    def shown(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not self.only or result.status in self.only)

    @property
    def sections(self) -> tuple[tuple[str, tuple[Result, ...]], ...]:
        """What is shown, by section of the guide, in the guide's order."""

        def place(result: Result) -> int:
            return order(section_of(result.guide))

        grouped = groupby(sorted(self.shown, key=place), key=lambda result: section_of(result.guide))
        return tuple((section, tuple(results)) for section, results in grouped)

    @property
    def summary(self) -> dict[str, int]:
        return counted(self.results)

    @property
    def waived(self) -> int:
        return sum(result.waived for result in self.results)

    @property
    def seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def sentence(self) -> str:
        counts = Counter(result.status for result in self.results)
        parts = [f"{counts[each]} {each.word}{self._of_them(each)}" for each in Status if counts[each]]
        return f"{', '.join(parts) or 'nothing asked'}: {self.api_calls} API calls in {self.seconds:.1f} s"

    def _of_them(self, status: Status) -> str:
        return f" ({self.waived} waived)" if status is Status.FAIL and self.waived else ""


def counted(results: Sequence[Result]) -> dict[str, int]:
    counts = Counter(result.status for result in results)
    return {each.value: counts[each] for each in Status}
