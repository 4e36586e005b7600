"""What the screens read from the disk: runs, journals, their runbooks. Blocking: for threads.

The loader and the audit log are imported here, on first use: none of them is needed for the first frame.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runbook_tui.core.problems import Problem
from runbook_tui.core.runbook import Runbook
from runbook_tui.tui.messages import FixesRead, Lost, RunbookRead, RunsListed, Told

if TYPE_CHECKING:
    from runbook_tui.audit.runs import RunSummary


PATIENCE: Final = 0.3  # seconds after which the operator sees what is known so far


def fixes(check: str) -> Iterator[FixesRead]:
    from runbook_tui.catalogue.actions import fixes_of

    yield FixesRead(check, tuple((action.id, action.title) for action in fixes_of(check)))


def runbook_of(text: str, name: str) -> Runbook:
    """The runbook as it was when the run began: its text stands in the journal. RunbookProblem when it is none."""
    from runbook_tui.catalogue.check_ids import check_ids
    from runbook_tui.catalogue.loader import load_text

    return load_text(text, f"{name}.yaml", check_ids())


def read_runbook(text: str, name: str) -> Iterator[RunbookRead | Lost]:
    try:
        yield RunbookRead(runbook_of(text, name))
    except Problem as problem:
        yield Lost(str(problem), problem.remedy, started=True)


Known = dict[tuple[Path, int, int], "RunSummary"]  # by path, size and time of change


def listed(state_dir: Path, known: Known) -> Iterator[RunsListed]:
    """The runs of the state folder, newest first: all of them, and before that what is known every PATIENCE seconds.

    A journal that has not changed since is not read again.
    """
    found: list[RunSummary] = []
    told = time.monotonic()
    for summary in runs(state_dir, known):
        found.append(summary)
        if time.monotonic() - told > PATIENCE:
            told = time.monotonic()
            yield RunsListed(tuple(found), whole=False)
    yield RunsListed(tuple(found), whole=True)


def runs(state_dir: Path, known: Known) -> "Iterator[RunSummary]":
    """Every run of the state folder, newest first; a journal that has not changed since is not read again."""
    from runbook_tui.audit.folder import journals
    from runbook_tui.audit.runs import summarise

    for path in journals(state_dir):
        try:
            found = path.stat()
        except OSError:
            continue  # gone since the folder was read
        key = (path, found.st_size, found.st_mtime_ns)
        if key not in known:
            known[key] = summarise(path)
        yield known[key]


def verified(path: Path) -> Iterator[Told]:
    """Whether no line of this journal was changed, taken out or put in."""
    from runbook_tui.audit.verify import verify

    try:
        report = verify(path)
    except OSError as error:
        yield Told(f"{path} cannot be read: {error.strerror}", bad=True)
        return
    if report.ok:
        compare = "compare the tip with the one that was said when the run ended"
        yield Told(f"✔ whole: {report.lines:,} entries, tip {report.tip[:16]}…", remedy=compare)
    else:
        what = f"✘ broken at line {report.first_bad_line}: {report.what}"
        yield Told(what, bad=True, remedy="keep the file as it is")


def exported(path: Path, folder: Path, format_name: str) -> Iterator[Told]:
    """Where the report was written."""
    from runbook_tui.audit.report import render

    target = folder / f"{path.stem}.{_SUFFIX[format_name]}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = render(path, format_name)
        target.write_text(text, encoding="utf-8")
        target.chmod(0o600)
    except (OSError, Problem) as problem:
        yield Told(f"the report cannot be written: {problem}", bad=True)
        return
    yield Told(f"Written: {target}")


_SUFFIX = {"markdown": "md", "html": "html", "json": "json"}
