"""The report of one run: a fold over its journal, as Markdown, HTML or JSON."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from runbook_tui.audit.changes import changes, follow_ups
from runbook_tui.audit.course import course
from runbook_tui.audit.lines import read
from runbook_tui.audit.outline import Place, outline
from runbook_tui.audit.record import CheckRecord, RunRecord, Statement, StepRecord
from runbook_tui.audit.runs import counted
from runbook_tui.audit.timeline import in_words, timeline
from runbook_tui.audit.verify import Report, verify
from runbook_tui.core.events import Attested, DecisionMade, Entry, RunResumed, RunStarted, WorkConfirmed
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.state import RunState, StepState, WaitPhase, fold
from runbook_tui.core.verdict import Verdict

Format = Literal["json", "markdown", "html"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)


def render(path: Path, wanted: str) -> str:
    """The report as a text in one of ``FORMATS``. JournalProblem when the journal cannot be read at all."""
    return rendered(record_of(path), wanted)


def rendered(record: RunRecord, wanted: str) -> str:
    match wanted:
        case "html":
            from runbook_tui.audit import html

            return html.page(record)
        case "markdown":
            from runbook_tui.audit import markdown

            return markdown.document(record)
        case "json":
            return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"
        case _:
            raise ValueError(wanted)


def record_of(path: Path) -> RunRecord:
    """A journal that is damaged is told as far as it can be read, and says so. JournalProblem when nothing can be."""
    try:
        found = verify(path)
    except OSError as problem:
        raise JournalProblem(f"{path} cannot be read: {problem.strerror}", "see who may read it") from problem
    entries: list[Entry] = []
    try:
        # What another process appends after the verification is not verified: it stays out.
        entries.extend(islice(read(path), found.lines if found.ok else None))
    except JournalProblem:
        if not entries:
            raise
    if not entries:
        raise JournalProblem(f"nothing was recorded in {path.name}", "the program ended before the run began")
    return record(entries, found)


def record(entries: Iterable[Entry], found: Report) -> RunRecord:
    """A pure fold. ``found`` is what verification said of the journal that the entries come from."""
    told = tuple(entries)
    state = fold(told)
    started = next((entry.event for entry in told if isinstance(entry.event, RunStarted)), None)
    places = outline(state.runbook_text)
    return RunRecord(
        run=state.run or told[0].run,
        runbook=state.runbook,
        title=state.title,
        runbook_sha256=state.runbook_sha256,
        tool_version=started.tool_version if started else "",
        world=state.world.value,
        environment=state.environment,
        site=state.site,
        account=state.account,
        region=state.region,
        operators=_operators(told),
        started_at=state.started_at,
        last_at=state.last_at,
        phase=state.phase.value,
        reason=state.reason,
        verdict=state.verdict,
        counts=counted(state),
        entries=len(told),
        tip=state.tip,
        intact=found.ok,
        verified=_verified(found),
        steps=tuple(_step(name, state, places.get(name, Place(0, 0, name))) for name in state.steps),
        changes=changes(state, told),
        follow_ups=tuple(follow_ups(state)),
        decisions=tuple(_decisions(told)),
        notes=tuple(Statement(at=note.at, by=note.by, step=note.step or "", text=note.text) for note in state.notes),
        timeline=tuple(timeline(told)),
        course=course(told),
    )


def _verified(found: Report) -> str:
    if found.ok:
        return f"{found.lines} entries, the chain of hashes is whole; tip {found.tip}"
    trusted = f"Only the {found.lines} lines before it can be trusted"
    return f"NOT VERIFIED: line {found.first_bad_line}: {found.what}. {trusted}"


def _operators(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """Everybody who took part, in order of appearance."""
    names: dict[str, None] = {}
    for entry in entries:
        if isinstance(entry.event, RunStarted | RunResumed):
            names[entry.event.operator] = None
        names[entry.by] = None
    return tuple(name for name in names if name)


def _step(name: str, state: RunState, place: Place) -> StepRecord:
    step = state.steps[name]
    here = name == state.current and step.outcome is None
    return StepRecord(
        number=place.number,
        id=name,
        title=place.title,
        outcome=step.outcome.value if step.outcome else f"{state.phase.value} here" if here else "left open",
        reason=step.reason,
        visits=step.visits,
        wait="" if step.wait is WaitPhase.NONE else step.wait.value,
        entered_at=step.entered_at,
        checks=tuple(_check(check, verdict, step) for check, verdict in step.verdicts.items()),
    )


def _check(name: str, verdict: Verdict, step: StepState) -> CheckRecord:
    at: datetime | None = step.checked_at.get(name)
    return CheckRecord(
        check=name,
        status=verdict.status,
        because=verdict.because,
        remedy=verdict.remedy,
        cause=verdict.cause.value if verdict.cause else "",
        evidence=verdict.evidence,
        attested=verdict.attested,
        waiver=str(verdict.waiver) if verdict.waived else "",
        at=at,
    )


def _decisions(entries: Iterable[Entry]) -> Iterable[Statement]:
    for entry in entries:
        match entry.event:
            case DecisionMade(step=step, question=question, label=label, reason=reason):
                text = f"{question} {label}: {reason}" if reason else f"{question} {label}"
                yield Statement(at=entry.at, by=entry.by, step=step, text=text)
            case WorkConfirmed(step=step, statement=statement, note=note):
                text = f"{statement} ({note})" if note else statement
                yield Statement(at=entry.at, by=entry.by, step=step, text=text)
            case Attested():
                yield Statement(at=entry.at, by=entry.by, step="", text=in_words(entry.event)[1])
            case _:
                pass
