"""How healthy the environments are: a fold over the verdicts of a survey."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.core.verdict import Severity, Status, Verdict
from runbook_tui.engine.protocol import Surveyed, SurveyEnded
from runbook_tui.tui.paint import WORST_FIRST

ACCOUNT = "account"  # checks that serve no single environment are shown under this name
_HEAVY = tuple(Severity)


class Health(Struct, frozen=True, kw_only=True):
    """``ended_at`` is None while the first survey runs; ``left`` counts the checks still to answer."""

    verdicts: Mapping[str, Verdict] = {}
    answered: int = 0
    left: int = 0
    asking: bool = False
    ended_at: datetime | None = None

    @property
    def counts(self) -> dict[Status, int]:
        return dict(Counter(verdict.status for verdict in self.verdicts.values()))

    def worst(self, severities: Mapping[str, Severity], *, all_of_them: bool = False) -> list[tuple[str, Verdict]]:
        """Failing, undecided and warning checks, worst first, heavy ones before light ones."""

        def weight(item: tuple[str, Verdict]) -> tuple[int, int, str]:
            severity = severities.get(item[0], Severity.HIGH)
            return (WORST_FIRST.index(item[1].status), _HEAVY.index(severity), item[0])

        shown = WORST_FIRST if all_of_them else WORST_FIRST[:3]
        return sorted((item for item in self.verdicts.items() if item[1].status in shown), key=weight)


def asked(health: Health) -> Health:
    """A new survey begins: the former verdicts stay on the glass until each is answered again."""
    return replace(health, asking=True, answered=0, left=0)


def heard(found: Mapping[str, Health], said: Surveyed) -> dict[str, Health]:
    name = said.environment or ACCOUNT
    health = found.get(name, Health(asking=True))
    verdicts = {**health.verdicts, said.check: said.verdict}
    return {
        **found,
        name: replace(health, verdicts=verdicts, answered=health.answered + 1, left=said.left, asking=True),
    }


def ended(found: Mapping[str, Health], said: SurveyEnded, at: datetime) -> dict[str, Health]:
    names = {*said.environments, ACCOUNT}
    return {
        name: replace(health, asking=False, left=0, ended_at=at) if name in names else health
        for name, health in found.items()
    }
