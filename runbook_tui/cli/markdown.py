"""A sweep as Markdown: for a ticket, a wiki, a pull request."""

from collections.abc import Iterator

from runbook_tui.catalogue.sections import heading
from runbook_tui.cli.baseline import Difference, Kind
from runbook_tui.cli.sweep import Result, Sweep


def as_markdown(sweep: Sweep) -> str:
    head = [
        f"# Checks of {sweep.environment or 'all environments'}",
        "",
        f"{_where(sweep)} {sweep.sentence}.",
    ]
    return "\n".join([*head, *_since(sweep.difference), *_sections(sweep)])


def _where(sweep: Sweep) -> str:
    when = f"{sweep.finished_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{sweep.world} world, account {sweep.account}, {sweep.region}, {when}."


def _sections(sweep: Sweep) -> Iterator[str]:
    for section, results in sweep.sections:
        yield from ("", f"## {heading(section)}", "")
        yield "| Status | Check | Environment | Because | Remedy |"
        yield "|---|---|---|---|---|"
        yield from map(_row, results)


def _row(result: Result) -> str:
    return (
        f"| {result.status.symbol} {result.word} | `{result.id}` | {result.where} "
        f"| {cell(result.because)} | {cell(result.remedy)} |"
    )


def _since(difference: Difference | None) -> Iterator[str]:
    if difference is None:
        return
    yield from ("", f"## Changes {difference.sentence}", "")
    for kind in Kind:
        for change in difference.of(kind):
            before = change.before.word if change.before else "not asked"
            where = f"`{change.id}` ({change.environment or 'shared'})"
            yield f"- **{kind.value}** {where}, {before} → {change.status.word}: {cell(change.because)}"


def cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
