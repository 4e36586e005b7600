"""The report as one HTML file: no scripts, nothing loaded from elsewhere, every text escaped; it prints well."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

import msgspec

from runbook_tui.audit.changes import ChangeRecord
from runbook_tui.audit.chart import svg
from runbook_tui.audit.course_svg import course_svg
from runbook_tui.audit.record import CheckRecord, Moment, RunRecord, Statement, StepRecord
from runbook_tui.audit.style import STYLE
from runbook_tui.core.chart import charts_of, without_charts
from runbook_tui.core.text import clean, middle
from runbook_tui.core.verdict import Status

_LONGEST: Final = 2000
# The second lock, should an escape ever be forgotten: the page may run nothing and load nothing.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def page(record: RunRecord) -> str:
    title = text(f"{record.title} · {record.environment} · {record.run}")
    parts = [
        _header(record),
        "<main>",
        _facts(record),
        _section("Course", _course(record)),
        _section("Steps", "".join(_step(step) for step in record.steps)),
        _section("Changes", "".join(_change(change) for change in record.changes)),
        _section("To follow up", _follow_ups(record.follow_ups)),
        _section("Decisions", _statements(record.decisions)),
        _section("Notes", _statements(record.notes)),
        _section("Skipped", _skipped(record.skipped)),
        _section("Timeline", _timeline(record.timeline)),
        "</main>",
        f"<footer>Written by runbook-tui from the journal of {text(record.run)}</footer>",
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{''.join(parts)}\n</body>\n</html>\n"
    )


def text(untrusted: str) -> str:
    """One harmless line in which nothing means anything to a browser."""
    return escape(clean(untrusted, _LONGEST))


def _header(record: RunRecord) -> str:
    place = "prod" if record.environment == "prod" else "other"
    return (
        f'<header class="{place}"><p class="where"><b class="env">{text(record.environment.upper())}</b>'
        f'<b class="world {text(record.world)}">{text(record.world.upper())}</b>'
        f"<span>{text(record.account)} · {text(record.region)}</span></p>"
        f"<h1>{text(record.title)}</h1>"
        f'<p class="outcome {_class(record.verdict)}">{text(record.outcome)}</p>{_counts(record.counts)}</header>\n'
    )


def _counts(counts: Mapping[str, int]) -> str:
    cells = [
        f'<li class="{_class(Status(name))}{"" if number else " none"}"><b>{number}</b> {_mark(Status(name))}</li>'
        for name, number in counts.items()
    ]
    return f'<ul class="counts">{"".join(cells)}</ul>'


def _facts(record: RunRecord) -> str:
    seal = "whole" if record.intact else "broken"
    rows = [
        ("Run", record.run),
        ("Operators", ", ".join(record.operators)),
        ("Started", _when(record.started_at)),
        ("Last entry", _when(record.last_at)),
        ("Runbook", f"{record.runbook} · SHA-256 {record.runbook_sha256}"),
        ("Site", f"{record.site} · runbook-tui {record.tool_version}"),
    ]
    cells = "".join(f"<dt>{name}</dt><dd>{text(value)}</dd>" for name, value in rows)
    mark = "✔ Verified" if record.intact else "✘ Broken"
    verified = f'<p class="seal {seal}"><b>{mark}</b> <code>{text(record.verified)}</code></p>'
    return f'<dl class="facts">{cells}</dl>\n{verified}\n'


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>\n{body}</section>\n" if body else ""


def _course(record: RunRecord) -> str:
    titles = {step.id: step.title for step in record.steps}
    return course_svg(record.course, titles) if record.course is not None else ""


def _step(step: StepRecord) -> str:
    number = f'<span class="number">{step.number}</span>' if step.number else ""
    said = [f"<b>{text(step.outcome)}</b>"]
    said += [f"visited {step.visits} times"] if step.visits > 1 else []
    said += [f"wait {text(step.wait)}"] if step.wait else []
    said += [text(step.reason)] if step.reason else []
    rows = "".join(_check(check) for check in step.checks)
    table = f"<table class='checks'><tbody>{rows}</tbody></table>" if rows else ""
    drawn = "".join(_charts(check, f"{step.number}-{place}") for place, check in enumerate(step.checks))
    kind = step.outcome if step.outcome in ("done", "accepted", "branched", "skipped") else "open"
    return (
        f'<article class="{kind}"><h3>{number}{text(step.title)}</h3>'
        f'<p class="said">{" · ".join(said)}</p>{table}{drawn}</article>\n'
    )


def _charts(check: CheckRecord, place: str) -> str:
    return "".join(svg(chart, f"c{place}-{number}") for number, chart in enumerate(charts_of(check.evidence)))


def _check(check: CheckRecord) -> str:
    settled = check.status in (Status.PASS, Status.SKIP)
    remedy = f'<p class="remedy">→ {text(check.remedy)}</p>' if check.remedy else ""
    evidence = "" if settled else _evidence(without_charts(check.evidence))
    return (
        f'<tr class="{_class(check.status)}"><td class="mark">{_mark(check.status)}</td>'
        f"<td><code>{text(check.check)}</code></td><td>{text(check.because)}{remedy}{evidence}</td></tr>\n"
    )


def _change(change: ChangeRecord) -> str:
    said = [f"<b>{text(change.stage)}</b>", text(change.risk)]
    said += ["can still be undone"] if change.open else []
    said += [f"confirmed by {text(change.confirmed_by)}, {_when(change.confirmed_at)}"] if change.confirmed_by else []
    said += [f"approved by {text(change.approver)}"] if change.approver else []
    said += [f"without a second person: {text(change.break_glass)}"] if change.break_glass else []
    said += [text(change.reason)] if change.reason else []
    differences = "".join(
        f"<tr><td>{text(one.what)}</td><td>{text(one.before or 'not there')}</td>"
        f"<td><b>{text(one.after or 'gone')}</b></td></tr>\n"
        for one in change.differences
    )
    calls = "".join(
        f"<tr><td><code>{text(one.service)} {text(one.operation)}</code></td><td>{text(one.outcome)} {text(one.error)}"
        f"</td><td><code>{text(one.request_id)}</code></td></tr>\n"
        for one in change.calls
    )
    table = f"<table class='checks'><tbody>{differences}{calls}</tbody></table>" if differences or calls else ""
    return (
        f'<article class="{"done" if change.stage == "done" else "open"}">'
        f'<h3><span class="number">{change.number}</span>{text(change.title)}</h3>'
        f'<p class="said">{" · ".join(said)}</p><p>{text(change.effect)}</p>{table}</article>\n'
    )


def _follow_ups(follow_ups: Iterable[str]) -> str:
    rows = [f"<li><p>{text(one)}</p></li>" for one in follow_ups]
    return f'<ul class="statements">{"".join(rows)}</ul>' if rows else ""


def _evidence(evidence: Mapping[str, Any]) -> str:
    cells = [f"{text(name)} <code>{text(_plain(value))}</code>" for name, value in evidence.items()]
    return f'<p class="evidence">{" · ".join(cells)}</p>' if cells else ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _statements(statements: Iterable[Statement]) -> str:
    rows = [
        f"<li><p>{text(one.text)}</p><p class='by'>{_time(one.at)} · {text(one.by)}"
        f"{f' · {text(one.step)}' if one.step else ''}</p></li>"
        for one in statements
    ]
    return f'<ul class="statements">{"".join(rows)}</ul>' if rows else ""


def _skipped(steps: Iterable[StepRecord]) -> str:
    rows = [f"<li><p>{text(step.title)}</p><p class='by'>{text(step.reason)}</p></li>" for step in steps]
    return f'<ul class="statements">{"".join(rows)}</ul>' if rows else ""


def _timeline(moments: Iterable[Moment]) -> str:
    head = "<thead><tr><th>#</th><th>When (UTC)</th><th>What</th><th></th><th>Who</th></tr></thead>"
    return f'<table class="timeline">{head}<tbody>{"".join(_moment(moment) for moment in moments)}</tbody></table>'


def _moment(moment: Moment) -> str:
    mark = f"{_mark(moment.status)} " if moment.status else ""
    return (
        f'<tr class="{text(moment.kind)} {_class(moment.status)}"><td>{moment.seq}</td><td>{_time(moment.at)}</td>'
        f"<td>{text(moment.kind)}</td><td>{mark}{text(moment.text)}</td>"
        f'<td title="{text(moment.by)}">{text(middle(clean(moment.by), 36))}</td></tr>\n'
    )


def _mark(status: Status) -> str:
    return f'<span class="status">{status.symbol} {status.word}</span>'


def _class(status: Status | None) -> str:
    return status.word if status else "plain"


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""


def _time(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f'<time datetime="{utc.isoformat()}">{utc:%Y-%m-%d %H:%M:%S}</time>'
