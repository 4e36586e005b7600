"""The report as Markdown: for a ticket, a wiki, a pull request."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from runbook_tui.audit.changes import ChangeRecord
from runbook_tui.audit.course_text import course_text
from runbook_tui.audit.record import CheckRecord, RunRecord, Statement, StepRecord
from runbook_tui.core.chart import charts_of
from runbook_tui.core.chart_text import plain
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Status

_MEANT: Final = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_LONGEST: Final = 2000


def document(record: RunRecord) -> str:
    parts = [
        _header(record),
        _course(record),
        *(_step(step) for step in record.steps),
        _changes(record.changes),
        _follow_ups(record.follow_ups),
        _statements("Decisions", record.decisions),
        _statements("Notes", record.notes),
        _skipped(record.skipped),
        _timeline(record),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def text(untrusted: str) -> str:
    """One line in which nothing means anything to Markdown or HTML."""
    return _MEANT.sub(r"\\\1", clean(untrusted, _LONGEST))


def _header(record: RunRecord) -> str:
    counts = " · ".join(f"{Status(name).symbol} {number} {Status(name).word}" for name, number in record.counts.items())
    rows = [
        ("Outcome", record.outcome),
        ("Checks", counts),
        ("Runbook", f"{record.runbook}, SHA-256 {record.runbook_sha256}"),
        ("World", record.world.upper()),
        ("Environment", record.environment),
        ("Account", f"{record.account} · {record.region} · site {record.site}"),
        ("Operators", ", ".join(record.operators)),
        ("Started", _when(record.started_at)),
        ("Last entry", _when(record.last_at)),
        ("Run", record.run),
        ("Verified" if record.intact else "✘ Broken", record.verified),
        ("Written by", f"runbook-tui {record.tool_version}"),
    ]
    return f"# {text(record.title)}\n\n{_table(('', ''), rows)}"


def _course(record: RunRecord) -> str:
    if record.course is None:
        return ""
    titles = {step.id: step.title for step in record.steps}
    lines = (f"    {clean(line, 200)}" for line in course_text(record.course, titles))
    return "\n".join(["## Course", "", *lines])


def _step(step: StepRecord) -> str:
    place = f"{step.number} · " if step.number else ""
    again = f", visited {step.visits} times" if step.visits > 1 else ""
    wait = f", wait {step.wait}" if step.wait else ""
    reason = f": {text(step.reason)}" if step.reason else ""
    lines = [f"## {place}{text(step.title)}", f"**{text(step.outcome)}**{reason}{again}{wait}"]
    if step.checks:
        lines.append(_table(("Verdict", "Check", "Because"), (_check(check) for check in step.checks)))
    lines += [_drawn(plain(chart)) for check in step.checks for chart in charts_of(check.evidence)]
    return "\n\n".join(lines)


def _drawn(chart: str) -> str:
    """Line by line as it stands: indented, so that no name in it can end the block."""
    return "\n".join(f"    {clean(line, 200)}" for line in chart.splitlines())


def _check(check: CheckRecord) -> tuple[str, str, str]:
    remedy = f" → {check.remedy}" if check.remedy else ""
    return f"{check.status.symbol} {check.status.word}", check.check, f"{check.because}{remedy}"


def _changes(changes: Iterable[ChangeRecord]) -> str:
    parts = [_change(change) for change in changes]
    return "\n\n".join(["## Changes", *parts]) if parts else ""


def _change(change: ChangeRecord) -> str:
    still = ", can still be undone" if change.open else ""
    lines = [f"### {change.number} · {text(change.title)}", f"**{text(change.stage)}**{still}. {text(change.effect)}"]
    if change.reason:
        lines.append(text(change.reason))
    if change.differences:
        rows = ((one.what, one.before or "not there", one.after or "gone") for one in change.differences)
        lines.append(_table(("What", "Before", "After"), rows))
    if change.calls:
        calls = ((f"{one.service} {one.operation}", one.outcome, one.request_id, one.error) for one in change.calls)
        lines.append(_table(("Call", "Outcome", "Request", "Error"), calls))
    if change.confirmed_by:
        glass = f", without a second person: {change.break_glass}" if change.break_glass else ""
        approved = f", approved by {change.approver}" if change.approver else ""
        lines.append(text(f"Confirmed by {change.confirmed_by}, {_when(change.confirmed_at)}{approved}{glass}."))
    return "\n\n".join(lines)


def _follow_ups(follow_ups: Iterable[str]) -> str:
    rows = [f"- [ ] {text(one)}" for one in follow_ups]
    return "\n".join(["## To follow up", "", *rows]) if rows else ""


def _statements(title: str, statements: Iterable[Statement]) -> str:
    rows = [f"- {_when(one.at)} {text(one.by)}{_at(one.step)}: {text(one.text)}" for one in statements]
    return "\n".join([f"## {title}", "", *rows]) if rows else ""


def _at(step: str) -> str:
    return f" at {text(step)}" if step else ""


def _skipped(steps: Iterable[StepRecord]) -> str:
    rows = [f"- {text(step.title)}: {text(step.reason)}" for step in steps]
    return "\n".join(["## Skipped", "", *rows]) if rows else ""


def _timeline(record: RunRecord) -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for moment in record.timeline:
            verdict = f"{moment.status.symbol} {moment.status.word} " if moment.status else ""
            yield str(moment.seq), _when(moment.at), moment.by, moment.kind, f"{verdict}{moment.text}"

    return f"## Timeline\n\n{_table(('', 'When', 'Who', 'What', ''), rows())}"


def _table(titles: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> str:
    head = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    return "\n".join([*head, *(f"| {' | '.join(text(str(cell)) for cell in row)} |" for row in rows)])


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""
