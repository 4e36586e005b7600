"""What checks of maintenance share: cuts that no journal tells to have been put back, and how long ago a day was."""

from datetime import datetime

from runbook_tui.aws.access import Aws
from runbook_tui.core.records import History, finished, green, injected, unrestored
from runbook_tui.core.runbook import Family
from runbook_tui.core.state import RunState

LEFTOVERS = "maint.dr-leftovers"


def ended(run: RunState) -> datetime:
    """When the run's last event was written."""
    assert run.last_at is not None, "a run that began has entries"
    return run.last_at


def days_since(at: datetime, now: datetime) -> int:
    return (now - at).days


def open_cuts(aws: Aws, history: History) -> tuple[RunState, ...]:
    """Drills whose cut was, as far as journals and operators tell, never put back.

    A later drill of the same environment that went well closes them, as does an operator's statement that is newer.
    """
    stated = aws.attested(LEFTOVERS, "")
    found = []
    for run in history.of(Family.DR):
        if not unrestored(run) or (stated is not None and stated.at > ended(run)):
            continue
        later = history.of(Family.DR, run.environment)
        if not any(ended(one) > ended(run) and finished(one) and injected(one) and green(one) for one in later):
            found.append(run)
    return tuple(found)
