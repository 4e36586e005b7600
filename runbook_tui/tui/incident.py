"""What the home screen offers when users suffer: the way back, in one key. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from runbook_tui.core.runbook import Runbook
from runbook_tui.core.verdict import Status
from runbook_tui.tui.survey import Health

ROLLBACK: Final = "rollback"


def suffering(found: Mapping[str, Health], rollback: Runbook | None) -> tuple[str, ...]:
    """Environments in which something fails that the runbook looks at before it rolls back."""
    if rollback is None:
        return ()
    signs = rollback.steps[0].all_checks
    return tuple(name for name in rollback.environments if name in found and _fails(found[name], signs))


def _fails(health: Health, signs: Sequence[str]) -> bool:
    return any(check in health.verdicts and health.verdicts[check].status is Status.FAIL for check in signs)


def selected(marked: str, found: Mapping[str, Health], rollback: Runbook) -> str:
    """The environment to roll back: the one whose row is marked, else the only one that suffers; empty when neither
    tells."""
    kind, _, name = marked.partition(":")
    environment = name.partition(":")[0]
    if kind in ("env", "check") and environment in rollback.environments:
        return environment
    ill = suffering(found, rollback)
    return ill[0] if len(ill) == 1 else ""
