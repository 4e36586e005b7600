"""Triage of one environment over a site's own way to AWS."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runbook_tui.core.verdict import Verdict
from runbook_tui.triage.diagnosis import Diagnosis, diagnose
from runbook_tui.triage.gather import gather

if TYPE_CHECKING:
    from runbook_tui.wiring.kit import Kit


def triage(kit: "Kit", environment: str, heard: Callable[[str, Any], None] = lambda _name, _reading: None) -> Diagnosis:
    """Reads the environment anew and says what is wrong with it; ``heard`` is told each part as it comes.

    Blocks for at most ten seconds. SignInExpired, and the account guard's problems, end it.
    """
    kit.guard()
    kit.checks.begin_sweep()
    env = kit.site.environment(environment)

    def ask(check: str) -> Verdict:
        return kit.checks.run(check, environment if kit.checks.registry[check].per_environment else "")

    snapshot = gather(kit.checks.connection().aws, kit.site, env, ask, kit.redactor.text, heard)
    return diagnose(snapshot, kit.site, env)
