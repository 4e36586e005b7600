"""``runbook-tui runs``: what is in the audit log, newest first."""

import argparse

from runbook_tui import options
from runbook_tui.cli.output import data, tell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unfinished", action="store_true", help="only runs that can be resumed")
    options.add_site(parser)


def run(args: argparse.Namespace) -> int:
    from runbook_tui.audit.runs import list_runs

    folder = options.state_dir(args, options.site_if_any(args))
    found = [each for each in list_runs(folder) if each.resumable or not args.unfinished]
    if not found:
        tell("no runs" if not args.unfinished else "no unfinished runs")
    for each in found:
        last = f"{each.last_at:%Y-%m-%d %H:%M}" if each.last_at else "?"
        place = f"at {each.step}" if each.resumable and each.step else ""
        data(f"{each.run}  {each.environment:<8} {each.phase:<9} {last}  {each.trouble or place}".rstrip())
    return 0
