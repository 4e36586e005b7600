"""Where nothing was built yet, and which runbook begins there. Pure."""

from collections.abc import Mapping
from typing import Final

from runbook_tui.core.verdict import Status
from runbook_tui.tui.survey import Health

SETUP: Final = "setup"
_RUNS: Final = "ecs.service.active"


def unbuilt(found: Mapping[str, Health]) -> tuple[str, ...]:
    """Environments without a service, in the order in which they are set up."""
    return tuple(sorted((name for name, health in found.items() if _lacks(health)), key=lambda name: name == "prod"))


def _lacks(health: Health) -> bool:
    """It is not there, or not even the cluster that it would be in."""
    verdict = health.verdicts.get(_RUNS)
    return verdict is not None and (verdict.status is Status.FAIL or bool(verdict.blocked_by))


def in_words(environments: tuple[str, ...]) -> str:
    return " and ".join("PROD" if name == "prod" else name for name in environments)
