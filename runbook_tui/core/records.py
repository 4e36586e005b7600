"""What this product itself has on disk, as checks see it: former runs, the audit log, the runbooks. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from runbook_tui.core.events import Outcome
from runbook_tui.core.runbook import Family
from runbook_tui.core.state import Phase, RunState
from runbook_tui.core.temporary import standing
from runbook_tui.core.verdict import Status

# Steps of a drill, by which its journal tells what was cut and when it was whole again.
INJECT: Final = "inject"
RESTORE: Final = "restore"
RECOVER: Final = "recover"
_FAMILY: Final = re.compile(r"^family:\s*[\"']?([a-z]+)", re.MULTILINE)
_DIGEST: Final = re.compile(r"\b(?:sha256:)?([0-9a-f]{12})[0-9a-f]{0,52}\b")


class History(Struct, frozen=True, kw_only=True):
    """Runs of this account and world, newest first. ``damaged`` says which journals cannot be believed, and why."""

    runs: tuple[RunState, ...] = ()
    damaged: tuple[str, ...] = ()

    def of(self, family: Family, environment: str = "") -> tuple[RunState, ...]:
        """An empty environment means any."""
        return tuple(run for run in self.runs if family_of(run) == family and environment in ("", run.environment))


class AuditLog(Struct, frozen=True, kw_only=True):
    """``tip`` is the hash of the newest journal's last line; ``since`` is the first entry of all."""

    folder: str
    journals: int = 0
    entries: int = 0
    tip: str = ""
    broken: tuple[str, ...] = ()
    since: datetime | None = None
    writable: bool = True
    free_bytes: int = 0


class Book(Struct, frozen=True, kw_only=True):
    """A runbook as it lies on the shelf. ``trouble`` says why it cannot be loaded; then only ``id`` is known."""

    id: str
    family: str = ""
    sha256: str = ""
    trouble: str = ""


def family_of(run: RunState) -> str:
    """By the text in its journal; empty when redaction has hit that line."""
    found = _FAMILY.search(run.runbook_text)
    return found[1] if found else ""


def finished(run: RunState) -> bool:
    return run.phase is Phase.FINISHED


def green(run: RunState) -> bool:
    """To its end, with nothing that failed or stayed undecided."""
    return finished(run) and run.verdict in (Status.PASS, Status.WARN)


def injected(run: RunState) -> bool:
    """Whether the drill has come to where it cuts something."""
    step = run.steps.get(INJECT)
    return step is not None and step.visits > 0 and step.outcome is not Outcome.SKIPPED


def unrestored(run: RunState) -> bool:
    """Whether something was cut and, as far as the journal tells, never put back. A restoring under way is none.

    What the program cut itself its journal tells; what was cut by hand the steps tell.
    """
    if not injected(run):
        return False
    if any(one.temporary for one in run.changes.values()):
        return standing(run) is not None
    if run.current == INJECT and run.phase is Phase.RUNNING:
        return False  # about to
    step = run.steps.get(RESTORE)
    if step is None or not step.visits:
        return True
    if step.outcome is None:
        return run.phase is not Phase.RUNNING
    return step.outcome is not Outcome.DONE


def recovery_time(run: RunState) -> timedelta | None:
    """From the beginning of the restoring to the last answer of the checks that found everything well again.

    None when the journal does not hold both. It counts the operator's reading in: an upper bound.
    """
    restore, recover = run.steps.get(RESTORE), run.steps.get(RECOVER)
    if recover is None or recover.outcome is not Outcome.DONE:
        return None
    began = _taken_back_at(run) or (restore.entered_at if restore is not None else None)
    well = max(recover.checked_at.values(), default=recover.entered_at)
    return well - began if began is not None and well is not None and well >= began else None


def method_of(run: RunState) -> str:
    """How the drill made its outage; empty when the journal does not tell."""
    asked = (one.inputs.get("method", "") for one in run.changes.values() if one.temporary)
    return next(filter(None, asked), "") or next((one.option for one in run.steps.values() if one.option), "") or ""


def _taken_back_at(run: RunState) -> datetime | None:
    """When the first call was made that put back what the program itself had cut."""
    temporary = {number for number, one in run.changes.items() if one.temporary}
    undone = (one for one in run.changes.values() if one.undoes in temporary)
    times = [called.started_at for one in undone for called in one.calls.values() if called.started_at is not None]
    return min(times, default=None)


def digests(run: RunState, checks: str) -> frozenset[str]:
    """First 12 characters of the image digests that checks with this prefix were content with in the run."""
    found: set[str] = set()
    for check, verdict in run.latest().items():
        if check.startswith(checks) and verdict.status is Status.PASS:
            found.update(_DIGEST.findall(" ".join(_texts(verdict.evidence))))
    return frozenset(found)


def short(digest: str) -> str:
    """The first 12 characters of a digest, with or without ``sha256:``."""
    return digest.removeprefix("sha256:")[:12]


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for key, one in value.items():
                yield from _texts(key)
                yield from _texts(one)
        case Iterable():
            for one in value:
                yield from _texts(one)
        case _:
            pass
