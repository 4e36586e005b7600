"""The verdicts of a sweep as a table, JSON, JUnit XML or Markdown."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

from msgspec import Struct, json

from runbook_tui.catalogue.registry import Check
from runbook_tui.cli.output import coloured, status
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Severity, Status
from runbook_tui.engine.survey import Answered


class Result(Struct, frozen=True, kw_only=True):
    """``environment`` is None for a check that both environments share."""

    id: str
    environment: str | None
    status: Status
    severity: Severity
    guide: str
    because: str
    evidence: Mapping[str, Any]
    remedy: str
    duration_ms: int

    @classmethod
    def of(cls, check: Check, answered: Answered) -> "Result":
        verdict = answered.verdict
        return cls(
            id=check.id,
            environment=answered.job.environment or None,
            status=verdict.status,
            severity=check.severity,
            guide=check.guide,
            because=clean(verdict.because),
            evidence=verdict.evidence,
            remedy=clean(verdict.remedy),
            duration_ms=answered.duration_ms,
        )


class Sweep(Struct, frozen=True, kw_only=True):
    world: str
    account: str
    region: str
    environment: str | None
    started_at: datetime
    finished_at: datetime
    api_calls: int
    results: tuple[Result, ...]

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter(result.status for result in self.results)
        return {each.value: counts[each] for each in Status}

    @property
    def sentence(self) -> str:
        counts = Counter(result.status for result in self.results)
        parts = [f"{counts[each]} {each.word}" for each in Status if counts[each]]
        seconds = (self.finished_at - self.started_at).total_seconds()
        return f"{', '.join(parts) or 'nothing asked'}: {self.api_calls} API calls in {seconds:.1f} s"


def as_json(sweep: Sweep) -> str:
    """Schema 1, as docs/check-output.md describes it."""
    head = {
        "schema": 1,
        "world": sweep.world,
        "account": sweep.account,
        "region": sweep.region,
        "environment": sweep.environment,
        "started_at": sweep.started_at,
        "finished_at": sweep.finished_at,
        "api_calls": sweep.api_calls,
        "summary": sweep.summary,
        "results": sweep.results,
    }
    return json.format(json.encode(head), indent=2).decode()


def as_table(sweep: Sweep) -> str:
    colour = coloured()
    width = max((len(result.id) for result in sweep.results), default=0)
    place = max((len(result.environment or "shared") for result in sweep.results), default=0)
    lines: list[str] = []
    for result in sweep.results:
        where = result.environment or "shared"
        lines.append(
            f"{status(result.status, coloured=colour)} {where:<{place}} {result.id:<{width}}  {result.because}"
        )
        if result.remedy and result.status in (Status.FAIL, Status.WARN, Status.UNKNOWN):
            lines.append(f"{'':<10}→ {result.remedy}")
    header = f"{sweep.world.upper()} · account {sweep.account} · {sweep.region}"
    return "\n".join([header, *lines, sweep.sentence])


def as_markdown(sweep: Sweep) -> str:
    def cell(text: str) -> str:
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")

    rows = [
        f"| {result.status.symbol} {result.status.word} | `{result.id}` | {result.environment or 'shared'} "
        f"| {cell(result.because)} | {cell(result.remedy)} |"
        for result in sweep.results
    ]
    head = [
        f"# Checks of {sweep.environment or 'all environments'}",
        "",
        f"{_where(sweep)} {sweep.sentence}.",
        "",
        "| Status | Check | Environment | Because | Remedy |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows])


def _where(sweep: Sweep) -> str:
    when = f"{sweep.finished_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{sweep.world} world, account {sweep.account}, {sweep.region}, {when}."


def as_junit(sweep: Sweep) -> str:
    """One test case a verdict: FAIL is a failure, UNKNOWN an error, SKIP skipped; WARN passes and says so."""
    seconds = (sweep.finished_at - sweep.started_at).total_seconds()
    summary = sweep.summary
    counts = {
        "tests": str(len(sweep.results)),
        "failures": str(summary["FAIL"]),
        "errors": str(summary["UNKNOWN"]),
        "time": f"{seconds:.3f}",
    }
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(
        root,
        "testsuite",
        {
            "name": f"runbook-tui.{sweep.environment or 'all'}",
            **counts,
            "skipped": str(summary["SKIP"]),
            "timestamp": f"{sweep.started_at:%Y-%m-%dT%H:%M:%S}",
            "hostname": f"{sweep.world}-{sweep.account}",
        },
    )
    for result in sweep.results:
        _case(suite, result)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _case(suite: ET.Element, result: Result) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "classname": f"{result.environment or 'shared'}.{result.id.partition('.')[0]}",
            "name": result.id,
            "time": f"{result.duration_ms / 1000:.3f}",
        },
    )
    text = f"{result.because}\n{result.remedy}".strip()
    match result.status:
        case Status.FAIL:
            ET.SubElement(case, "failure", {"type": result.severity.value, "message": result.because}).text = text
        case Status.UNKNOWN:
            ET.SubElement(case, "error", {"type": "unknown", "message": result.because}).text = text
        case Status.SKIP:
            ET.SubElement(case, "skipped", {"message": result.because})
        case Status.WARN:
            ET.SubElement(case, "system-out").text = f"warning: {text}"
        case Status.PASS:
            pass


FORMATS: Final[Mapping[str, Callable[[Sweep], str]]] = {
    "table": as_table,
    "json": as_json,
    "junit": as_junit,
    "markdown": as_markdown,
}
