"""Triage of one environment over a site's own way to AWS."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runbook_tui.core.verdict import Verdict
from runbook_tui.triage.diagnosis import Diagnosis, diagnose
from runbook_tui.triage.gather import gather
from runbook_tui.triage.snapshot import Snapshot

if TYPE_CHECKING:
    from runbook_tui.wiring.kit import Kit


Heard = Callable[[str, Any], None]


def _nobody(_name: str, _reading: Any) -> None:
    """Nobody wants the parts before the whole."""


def look(kit: "Kit", environment: str, heard: Heard = _nobody, *, costs: bool = False) -> Snapshot:
    """Reads the environment anew; ``heard`` is told each part's name and reading as it comes, from this thread.
    ``costs`` asks Cost Explorer too, for a cent.

    Blocks for at most ten seconds. SignInExpired, and the account guard's problems, end it.
    """
    kit.guard()
    kit.checks.begin_sweep()

    def ask(check: str) -> Verdict:
        return kit.checks.run(check, environment if kit.checks.registry[check].per_environment else "")

    env = kit.site.environment(environment)
    return gather(kit.checks.connection().aws, kit.site, env, ask, kit.redactor.text, heard, costs=costs)


def triage(kit: "Kit", environment: str, heard: Heard = _nobody, *, costs: bool = False) -> Diagnosis:
    """The same, and what it likely means."""
    return diagnose(look(kit, environment, heard, costs=costs), kit.site, kit.site.environment(environment))
