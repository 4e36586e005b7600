"""``runbook-tui audit``: list, show, verify and export journals.

Verifying imports the standard library alone: it starts fast, and it trusts nobody's parser.
"""

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runbook_tui.audit.folder import attestations_path, find_journal, journals, runs_folder
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.text import clean

if TYPE_CHECKING:
    from runbook_tui.audit.runs import RunSummary

_RUN: Final = "a run's name, the start of it, or latest"


def data(text: str) -> None:
    """To standard output. ``cli.output`` has the same, but what it imports takes longer than verifying."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def add(parser: argparse.ArgumentParser) -> None:
    _where(parser, None)
    verbs = parser.add_subparsers(dest="audit", required=True, metavar="list|show|verify|export")
    listing = verbs.add_parser("list", help="every run, newest first")
    show = verbs.add_parser("show", help="one run's journal, in words")
    show.add_argument("run", metavar="RUN", help=_RUN)
    verify = verbs.add_parser("verify", help="is every journal whole? exit code 6 when one is not")
    verify.add_argument("what", metavar="RUN|FILE", nargs="*", help=f"{_RUN}, or a file; all when left out")
    export = verbs.add_parser("export", help="the report of a run")
    export.add_argument("run", metavar="RUN", help=_RUN)
    export.add_argument("--format", choices=("json", "markdown", "html"), default="markdown")
    export.add_argument("--output", metavar="FILE", help="write it there instead of to standard output")
    for verb in (listing, show, verify, export):
        _where(verb, argparse.SUPPRESS)


def _where(parser: argparse.ArgumentParser, default: str | None) -> None:
    """The same two options before and after the verb; the latter must not undo the former when it is left out."""
    parser.add_argument("--site", metavar="FILE", default=default, help="the site file")
    parser.add_argument("--state-dir", metavar="DIR", default=default, help="runs (else RUNBOOK_TUI_STATE_DIR, …)")


def run(args: argparse.Namespace) -> int:
    match args.audit:
        case "list":
            return _list(_state_dir(args))
        case "show":
            return _show(find_journal(_state_dir(args), args.run))
        case "verify":
            return _verify(args)
        case _:
            return _export(find_journal(_state_dir(args), args.run), args.format, args.output)


def _state_dir(args: argparse.Namespace) -> Path:
    """As every verb finds it; the site file is read only when nothing nearer names the folder."""
    given = args.state_dir or os.environ.get("RUNBOOK_TUI_STATE_DIR")
    if given:
        return Path(given).expanduser().absolute()
    from runbook_tui import options

    return options.state_dir(args, options.site_if_any(args))


def _verify(args: argparse.Namespace) -> int:
    paths = [_journal(args, what) for what in args.what] or _every_journal(_state_dir(args))
    if not paths:
        tell(f"no journals in {runs_folder(_state_dir(args))}")
    whole = [_verified(path) for path in paths]
    return 0 if all(whole) else JournalProblem.exit_code


def _every_journal(state_dir: Path) -> list[Path]:
    statements = attestations_path(state_dir)
    return [*journals(state_dir), *([statements] if statements.exists() else [])]


def _journal(args: argparse.Namespace, what: str) -> Path:
    path = Path(what)
    return path if path.is_file() else find_journal(_state_dir(args), what)


def _verified(path: Path) -> bool:
    from runbook_tui.audit.verify import verify

    name = clean(path.stem)
    try:
        found = verify(path)
    except OSError as problem:
        data(f"✘ broken  {name}  cannot be read: {problem.strerror}")
        return False
    if found.ok:
        data(f"✔ whole   {name}  {found.lines} entries  tip {found.tip}")
    else:
        data(f"✘ broken  {name}  line {found.first_bad_line}: {found.what}")
    return found.ok


def _list(state_dir: Path) -> int:
    from runbook_tui.audit.runs import list_runs

    found = list_runs(state_dir)
    if not found:
        tell(f"no runs in {runs_folder(state_dir)}")
        return 0
    width = max(len(clean(summary.run)) for summary in found)
    for summary in found:
        data(f"{clean(summary.run):<{width}}  {_line(summary)}")
    return JournalProblem.exit_code if any(summary.trouble for summary in found) else 0


def _line(summary: "RunSummary") -> str:
    if summary.trouble:
        return f"✘ broken: {clean(summary.trouble)}"
    verdict = f"{summary.verdict.symbol} {summary.verdict.word}" if summary.verdict else summary.phase
    where = clean(summary.environment.upper() if summary.environment == "prod" else summary.environment)
    words = [f"{verdict:<9}", f"{where:<8}", f"{summary.world:<9}", _minute(summary.last_at), clean(summary.title)]
    if summary.step_number:
        words.append(f"step {summary.step_number} of {summary.step_count}: {clean(summary.step_title)}")
    return "  ".join([*words, clean(summary.by)])


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else ""


def _show(path: Path) -> int:
    from runbook_tui.audit.report import record_of

    record = record_of(path)
    data(f"{clean(record.title)} · {clean(record.environment)} · {record.world.upper()} · {clean(record.account)}")
    data(f"{clean(record.outcome)}")
    data("")
    for moment in record.timeline:
        verdict = f"{moment.status.symbol} {moment.status.word}  " if moment.status else ""
        data(f"{moment.at:%Y-%m-%d %H:%M:%S}Z  {moment.kind:<8}  {verdict}{clean(moment.text)}  ({clean(moment.by)})")
    data("")
    data(f"{'✔' if record.intact else '✘'} {clean(record.verified)}")
    return 0 if record.intact else JournalProblem.exit_code


def _export(path: Path, wanted: str, output: str | None) -> int:
    from runbook_tui.audit.report import record_of, rendered

    record = record_of(path)
    text = rendered(record, wanted)
    if output is None:
        data(text)
    else:
        from runbook_tui.cli.whole_file import write_whole

        write_whole(Path(output), text)
        tell(f"written: {output}")
    tell(f"{'✔' if record.intact else '✘'} {record.verified}")
    return 0 if record.intact else JournalProblem.exit_code
