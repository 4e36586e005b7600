"""What changed since a former sweep: the JSON output of ``check``, compared verdict by verdict."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.verdict import Status, Waiver

LARGEST: Final = 64 * 1024 * 1024  # bytes; 208 checks in two environments take less than one


class Former(Struct, frozen=True, kw_only=True):
    """What a comparison needs of a former result."""

    id: str
    environment: str | None
    status: Status
    because: str = ""
    waiver: Waiver | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.environment or ""

    @property
    def fails(self) -> bool:
        return self.status is Status.FAIL and self.waiver is None


class Baseline(Struct, frozen=True, kw_only=True):
    schema: int
    world: str
    account: str
    region: str
    started_at: datetime
    results: tuple[Former, ...]


class Now(Protocol):
    """A present result."""

    @property
    def id(self) -> str: ...
    @property
    def environment(self) -> str | None: ...
    @property
    def key(self) -> tuple[str, str]: ...
    @property
    def status(self) -> Status: ...
    @property
    def because(self) -> str: ...
    @property
    def fails(self) -> bool: ...


class Kind(StrEnum):
    NEW = "new"  # fails now, and did not
    UNDECIDED = "undecided"  # could be decided, and cannot be now
    FIXED = "fixed"  # failed, and passes or warns now
    CHANGED = "changed"  # anything else that reads differently


class Change(Struct, frozen=True, kw_only=True):
    """``before`` is empty for a check that the baseline does not have."""

    kind: Kind
    id: str
    environment: str | None
    before: Status | None
    status: Status
    because: str


class Difference(Struct, frozen=True, kw_only=True):
    since: datetime
    changes: tuple[Change, ...]

    def of(self, kind: Kind) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind is kind)

    @property
    def exit_code(self) -> int:
        """By what is new alone: what was known before does not count again."""
        if self.of(Kind.NEW):
            return 1
        return 3 if self.of(Kind.UNDECIDED) else 0

    @property
    def sentence(self) -> str:
        counts = [f"{len(self.of(kind))} {kind.value}" for kind in Kind if self.of(kind)]
        return f"since {self.since:%Y-%m-%d %H:%M:%S} UTC: {', '.join(counts) or 'nothing changed'}"


def read_baseline(path: Path) -> Baseline:
    """UsageProblem when it cannot be read, or is something else than the JSON output of ``check``."""
    remedy = "name a file that was written with check --save, or with --format json"
    try:
        if path.stat().st_size > LARGEST:
            raise UsageProblem(f"the baseline {path} is larger than {LARGEST >> 20} MB", remedy)
        found = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        raise UsageProblem(f"the baseline {path} cannot be read: {error.strerror}", remedy) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageProblem(f"the baseline {path} is no output of check: {error}", remedy) from error
    if found.schema != 1:
        raise UsageProblem(f"the baseline {path} has schema {found.schema}; this version knows 1", "write it anew")
    return found


def same_place(baseline: Baseline, world: str, account: str, region: str) -> None:
    """UsageProblem for a baseline of another account: a comparison would say nothing."""
    then, now = (baseline.world, baseline.account, baseline.region), (world, account, region)
    if then != now:
        raise UsageProblem(f"the baseline is of {' '.join(then)}, this is {' '.join(now)}", "name the right baseline")


def compare(baseline: Baseline, results: Sequence[Now]) -> Difference:
    before = {former.key: former for former in baseline.results}
    return Difference(since=baseline.started_at, changes=changes(before, results))


def changes(before: Mapping[tuple[str, str], Former], results: Sequence[Now]) -> tuple[Change, ...]:
    """In the order of the results. What is not asked now is not compared."""
    found = []
    for now in results:
        then = before.get(now.key)
        kind = _kind(then, now)
        if kind is not None:
            found.append(
                Change(
                    kind=kind,
                    id=now.id,
                    environment=now.environment,
                    before=then.status if then else None,
                    status=now.status,
                    because=now.because,
                )
            )
    return tuple(found)


def _kind(then: Former | None, now: Now) -> Kind | None:
    if now.fails and not (then and then.fails):
        return Kind.NEW
    if now.status is Status.UNKNOWN and (then is None or then.status is not Status.UNKNOWN):
        return Kind.UNDECIDED
    if then is None:
        return None
    if then.fails and now.status in (Status.PASS, Status.WARN):
        return Kind.FIXED
    return Kind.CHANGED if (then.status, then.because) != (now.status, now.because) else None
