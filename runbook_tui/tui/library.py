"""What the screens read from the disk: runbooks, checks, runs, journals. Blocking: for threads.

The loader, the registry and the audit log are imported here, on first use: none of them is needed for the first frame.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.core.problems import Problem
from runbook_tui.core.runbook import Family, Runbook
from runbook_tui.tui.messages import Told

if TYPE_CHECKING:
    from runbook_tui.audit.runs import RunSummary
    from runbook_tui.catalogue.registry import Check


def runbooks() -> dict[str, Runbook]:
    """All runbooks by id, family by family. RunbookProblem when one cannot be read."""
    from runbook_tui.catalogue.loader import load_all

    families = list(Family)
    found = load_all()
    return dict(sorted(found.items(), key=lambda item: (families.index(item[1].family), item[0])))


def checks() -> "Mapping[str, Check]":
    from runbook_tui.catalogue.registry import all_checks

    return all_checks()


def runbook_of(text: str, name: str) -> Runbook:
    """The runbook as it was when the run began: its text stands in the journal. RunbookProblem when it is none."""
    from runbook_tui.catalogue.loader import load_text

    return load_text(text, f"{name}.yaml", tuple(checks()))


def runs(state_dir: Path) -> "tuple[RunSummary, ...]":
    """Every run of the state folder, newest first."""
    from runbook_tui.audit.runs import list_runs

    return tuple(sorted(list_runs(state_dir), key=lambda summary: summary.run, reverse=True))


def verified(path: Path) -> Told:
    """Whether no line of this journal was changed, taken out or put in."""
    from runbook_tui.audit.verify import verify

    try:
        report = verify(path)
    except OSError as error:
        return Told(f"{path} cannot be read: {error.strerror}", bad=True)
    if report.ok:
        compare = "compare the tip with the one that was said when the run ended"
        return Told(f"✔ whole: {report.lines:,} entries, tip {report.tip[:16]}…", remedy=compare)
    return Told(f"✘ broken at line {report.first_bad_line}: {report.what}", bad=True, remedy="keep the file as it is")


def exported(path: Path, folder: Path, format_name: str) -> Told:
    """Where the report was written."""
    from runbook_tui.audit.report import render

    target = folder / f"{path.stem}.{_SUFFIX[format_name]}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = render(path, format_name)
        target.write_text(text, encoding="utf-8")
        target.chmod(0o600)
    except (OSError, Problem) as problem:
        return Told(f"the report cannot be written: {problem}", bad=True)
    return Told(f"Written: {target}")


_SUFFIX = {"markdown": "md", "html": "html", "json": "json"}
