"""The home screen's rows: how the environments are, what can be walked, what was not finished. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import Phase
from runbook_tui.core.text import clean, middle
from runbook_tui.core.verdict import Severity, Status, Verdict
from runbook_tui.tui.paint import ACCENT, BAD, DIM, PHASE_COLOUR, counts, dim, status_mark
from runbook_tui.tui.survey import ACCOUNT, Health
from runbook_tui.tui.times import ago
from runbook_tui.tui.widgets.lines import Row

if TYPE_CHECKING:
    from runbook_tui.audit.runs import RunSummary

ROOMY = 100  # cells from which a row tells more
WORST = 3  # failing checks shown under an environment; all of them are one Enter away


def environment_name(name: str, width: int = 13) -> Content:
    label = "PROD" if name == "prod" else clean(name)
    return Content.styled(f"{middle(label, width - 1):<{width}}", f"bold {BAD}" if name == "prod" else "bold")


def environment_rows(
    names: Sequence[str], found: Mapping[str, Health], severities: Mapping[str, Severity], now: datetime
) -> list[Row]:
    rows: list[Row] = []
    for name in (*names, *((ACCOUNT,) if ACCOUNT in found else ())):
        health = found.get(name, Health())
        rows.append(Row(Content.assemble(environment_name(name), _summary(health, now)), f"env:{name}", pick=True))
        rows += _worst(name, health, severities)
    return rows


def _summary(health: Health, now: datetime) -> Content:
    if health.asking:
        what = f"{health.left} to answer" if health.answered else "asking"
        return Content.assemble(counts(health.counts), "   " if health.verdicts else "", (f"… {what}", ACCENT))
    if health.ended_at is None:
        return dim("not asked yet · c asks")
    return Content.assemble(counts(health.counts) or dim("nothing to check"), dim(f"   {ago(health.ended_at, now)}"))


def _worst(name: str, health: Health, severities: Mapping[str, Severity]) -> list[Row]:
    """The worst few. While a survey runs, those of the former one: rows keep their place."""
    bad = health.worst(severities)
    shown = [
        (check, verdict) for check, verdict in bad[:WORST] if verdict.status is not Status.WARN or len(bad) <= WORST
    ]
    longest = max((len(check) for check, _ in shown), default=0)
    rows = [Row(_trouble(check, verdict, longest), f"check:{name}:{check}", pick=True) for check, verdict in shown]
    left = len(bad) - len(rows)
    if rows and left > 0:
        rows.append(Row(dim(f"  and {left} more: Enter on {'PROD' if name == 'prod' else clean(name)} lists them")))
    return rows


def _trouble(check: str, verdict: Verdict, longest: int) -> Content:
    width = min(longest, 26)
    name = f"{middle(clean(check), width):<{width}}  "
    return Content.assemble("  ", status_mark(verdict.status), name, dim(clean(verdict.because)))


def runbook_rows(runbooks: Mapping[str, Runbook], environments: Sequence[str], width: int) -> list[Row]:
    """Family, said once; title; length; where it may run; and, where there is room, what it brings about."""
    rows: list[Row] = []
    family = ""
    longest = min(max((len(runbook.title) for runbook in runbooks.values()), default=0), max(20, width // 2))
    widest = max((len(_where(runbook, environments)) for runbook in runbooks.values()), default=0)
    for name, runbook in runbooks.items():
        head = runbook.family.value if runbook.family.value != family else ""
        family = runbook.family.value
        steps = f"{len(runbook.steps):>2} step{'s' if len(runbook.steps) != 1 else ' '}"
        where = f"{_where(runbook, environments):<{widest}}"
        outcome = f"   {clean(runbook.outcome)}" if width >= ROOMY else ""
        line = Content.assemble(
            (f"{head:<13}", DIM),
            f"{middle(clean(runbook.title), longest):<{longest}}  ",
            dim(f"{steps}   {where}{outcome}"),
        )
        rows.append(Row(line, f"runbook:{name}", pick=True))
    return rows


def _where(runbook: Runbook, environments: Sequence[str]) -> str:
    return clean(" · ".join(env for env in runbook.environments if env in environments) or "no environment")


_PHASE_SYMBOL = {
    Phase.RUNNING: "▶",
    Phase.PAUSED: "‖",
    Phase.STOPPED: "!",
    Phase.FINISHED: "✔",
    Phase.ABORTED: "✘",
}


def run_rows(runs: Sequence["RunSummary"], now: datetime, width: int) -> list[Row]:
    return [Row(run_line(summary, now, width), f"run:{summary.run}", pick=True) for summary in runs]


def run_line(summary: "RunSummary", now: datetime, width: int) -> Content:
    """``‖ paused    PROD     Roll a service back · at verify      12 min ago``; the run's name where there is room."""
    if summary.trouble:
        broken = (f"{'! broken':<11}", f"bold {BAD}")
        return Content.assemble(broken, clean(summary.run), dim(f" · {clean(summary.trouble)}"))
    phase = Phase(summary.phase)
    where = environment_name(summary.environment, 9)
    mark = (f"{_PHASE_SYMBOL[phase]} {phase.value:<9}", PHASE_COLOUR[phase])
    at_step = summary.step_number and not phase.over
    step = dim(f" · step {summary.step_number} of {summary.step_count}") if at_step else ""
    left = Content.assemble(mark, where, clean(summary.title or summary.runbook), step)
    name = f"{summary.run}   " if width >= ROOMY else ""
    right = dim(f"{name}{ago(summary.last_at, now) if summary.last_at is not None else '':>13}")
    room = width - 1 - right.cell_length - 1
    return Content.assemble(left.truncate(max(20, room), ellipsis=True, pad=True), " ", right)


def trouble_lines(what: str, remedy: str, width: int) -> list[Content]:
    """What is wrong and what to do, wrapped."""
    lines = Content.assemble(("! ", f"bold {BAD}"), (clean(what), BAD)).wrap(max(10, width - 1))
    return lines + (Content.assemble(dim("  "), clean(remedy)).wrap(max(10, width - 1)) if remedy else [])
