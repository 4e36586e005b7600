"""What a report says of one run: frozen values, the same for Markdown, HTML and JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from runbook_tui.audit.changes import ChangeRecord
from runbook_tui.audit.course import Course
from runbook_tui.core.verdict import Status


class Moment(Struct, frozen=True, kw_only=True):
    """One entry of the journal in words. ``kind`` is what it is about: run, step, check, decision, note, wait."""

    seq: int
    at: datetime
    by: str
    kind: str
    text: str
    status: Status | None = None


class CheckRecord(Struct, frozen=True, kw_only=True):
    """The last verdict of one check at one step. ``waiver`` says until when, by whom and why a FAIL is accepted."""

    check: str
    status: Status
    because: str
    remedy: str = ""
    cause: str = ""
    evidence: Mapping[str, Any] = {}
    attested: bool = False
    waiver: str = ""
    at: datetime | None = None


class StepRecord(Struct, frozen=True, kw_only=True):
    """One step that was entered, as its last visit left it. ``number`` is 0 when the runbook's text is not known."""

    number: int
    id: str
    title: str
    outcome: str
    reason: str = ""
    visits: int = 1
    wait: str = ""
    entered_at: datetime | None = None
    checks: tuple[CheckRecord, ...] = ()


class Statement(Struct, frozen=True, kw_only=True):
    """Something that a person said: a decision, a confirmation, a note."""

    at: datetime
    by: str
    step: str
    text: str


class RunRecord(Struct, frozen=True, kw_only=True):
    """``intact`` says whether the chain of hashes holds; ``verified`` says so in a sentence."""

    run: str
    runbook: str
    title: str
    runbook_sha256: str
    tool_version: str
    world: str
    environment: str
    site: str
    account: str
    region: str
    operators: tuple[str, ...]
    started_at: datetime | None
    last_at: datetime | None
    phase: str
    reason: str
    verdict: Status | None
    counts: Mapping[str, int]
    entries: int
    tip: str
    intact: bool
    verified: str
    steps: tuple[StepRecord, ...]
    changes: tuple[ChangeRecord, ...]
    follow_ups: tuple[str, ...]
    decisions: tuple[Statement, ...]
    notes: tuple[Statement, ...]
    timeline: tuple[Moment, ...]
    course: Course | None = None

    @property
    def skipped(self) -> tuple[StepRecord, ...]:
        return tuple(step for step in self.steps if step.outcome == "skipped")

    @property
    def outcome(self) -> str:
        """``finished: ✘ fail``, ``aborted: wrong window`` …"""
        if self.verdict is not None:
            return f"{self.phase}: {self.verdict.symbol} {self.verdict.word}"
        return f"{self.phase}: {self.reason}" if self.reason else self.phase
