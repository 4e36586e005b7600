"""``runbook-tui lint``: what is wrong with runbook files and the site file, one line a finding."""

import argparse
from collections.abc import Collection, Iterator
from pathlib import Path

from runbook_tui.catalogue import loader
from runbook_tui.catalogue.findings import Finding, Findings, Level
from runbook_tui.catalogue.nodes import Node, Pairs
from runbook_tui.catalogue.positions import parse, read_text
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.cli.output import data, tell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="runbook or site files; without any: all bundled runbooks, and the site file when there is one",
    )
    parser.add_argument("--site", metavar="FILE", help="the site file to judge when no FILE is named")


def run(args: argparse.Namespace) -> int:
    files = [Path(name) for name in args.files] or list(_usual(args.site))
    check_ids = tuple(all_checks())
    found = [finding for file in files for finding in _findings(file, check_ids)]
    for finding in found:
        data(str(finding))
    errors = sum(finding.severity is Level.ERROR for finding in found)
    tell(f"{_count(len(files), 'file')}: {_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}")
    return 2 if errors else 0


def _usual(site: str | None) -> Iterator[Path]:
    from runbook_tui.catalogue.site_file import find_site
    from runbook_tui.core.problems import SiteProblem

    yield from loader.shelf().values()
    try:
        yield find_site(site)
    except SiteProblem:
        if site:  # one that was named must exist; otherwise there simply is none yet
            raise


def _findings(path: Path, check_ids: Collection[str]) -> tuple[Finding, ...]:
    findings = Findings(str(path))
    text = read_text(path, findings)
    if text is None:
        return findings.all
    if _is_site(path, parse(text, findings)):
        from runbook_tui.catalogue import site_file

        return site_file.inspect(text, str(path))[1]
    return loader.inspect(text, str(path), check_ids)[1]


def _is_site(path: Path, root: Node | None) -> bool:
    if path.name == "runbook-tui.yaml":
        return True
    keys = {name.text for name, _ in root.pairs} if isinstance(root, Pairs) else set()
    # Only "environments" is a key of both.
    return not keys & {"id", "steps", "title", "family"} and bool(keys & {"site", "mode", "aws", "domain", "net"})


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
