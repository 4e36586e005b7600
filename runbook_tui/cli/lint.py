"""``runbook-tui lint``: what is wrong with runbook files, the site file and its waivers, one line a finding."""

import argparse
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from runbook_tui.catalogue import loader
from runbook_tui.catalogue.check_ids import check_ids as known_ids
from runbook_tui.catalogue.findings import Finding, Findings, Level
from runbook_tui.catalogue.positions import read_text
from runbook_tui.cli.output import data, tell

# Told apart by their first level, without reading the file twice; "environments" alone is a key of both.
_RUNBOOK: Final = re.compile(r"^(id|title|family|outcome|steps)\s*:", re.MULTILINE)
_WAIVERS: Final = re.compile(r"^\s*-\s*\{?\s*(check|environment|reason|owner|expires)\s*:", re.MULTILINE)
_COMMENTS: Final = re.compile(r"^(\s*#.*|---\s*)\n", re.MULTILINE)
_SITE: Final = re.compile(r"^(site|mode|aws|operator|domain|net|environments)\s*:", re.MULTILINE)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="runbook, site or waiver files; without any: all bundled runbooks, the site file and its waivers, if any",
    )
    parser.add_argument("--site", metavar="FILE", help="the site file to judge when no FILE is named")


def run(args: argparse.Namespace) -> int:
    files = [Path(name) for name in args.files] or list(_usual(args.site))
    check_ids = known_ids()
    found = [finding for file in files for finding in _findings(file, check_ids)]
    for finding in found:
        data(str(finding))
    errors = sum(finding.severity is Level.ERROR for finding in found)
    tell(f"{_count(len(files), 'file')}: {_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}")
    return 2 if errors else 0


def _usual(site: str | None) -> Iterator[Path]:
    from runbook_tui.catalogue.site_file import find_site
    from runbook_tui.catalogue.waivers import waivers_path
    from runbook_tui.core.problems import SiteProblem

    yield from loader.shelf().values()
    try:
        path = find_site(site)
        yield path
        if waivers_path(path).exists():
            yield waivers_path(path)
    except SiteProblem:
        if site:  # one that was named must exist; otherwise there simply is none yet
            raise


def _findings(path: Path, check_ids: Collection[str]) -> tuple[Finding, ...]:
    findings = Findings(str(path))
    text = read_text(path, findings)
    if text is None:
        return findings.all
    if _is_site(path, text):
        from runbook_tui.catalogue import site_file

        return site_file.inspect(text, str(path))[1]
    if _is_waivers(path, text):
        return _waiver_findings(path, text)
    return loader.inspect(text, str(path), check_ids)[1]


def _waiver_findings(path: Path, text: str) -> tuple[Finding, ...]:
    """Asks the registry: whether a waiver may name an environment depends on the check's scope."""
    from datetime import UTC, datetime

    from runbook_tui.catalogue import waivers
    from runbook_tui.catalogue.registry import all_checks

    return waivers.inspect(text, str(path), all_checks(), datetime.now(UTC).date())[1]


def _is_waivers(path: Path, text: str) -> bool:
    if path.name == "waivers.yaml":
        return True
    return _RUNBOOK.search(text) is None and _WAIVERS.match(_COMMENTS.sub("", text)) is not None


def _is_site(path: Path, text: str) -> bool:
    if path.name == "runbook-tui.yaml":
        return True
    return _RUNBOOK.search(text) is None and _SITE.search(text) is not None


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
