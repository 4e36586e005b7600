"""``runbook-tui resume RUN``: take up an unfinished run at the same step."""

import argparse

from runbook_tui import options
from runbook_tui.cli import headless


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run, the start of its name, or latest")
    headless.add(parser)
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    from runbook_tui.audit.runs import find_run

    found = find_run(options.state_dir(args, options.the_site(args)), args.run)
    if args.headless:
        return headless.go_on(args, found.run)
    code: int = args.open_screen(args, open_run=found.run)
    return code
