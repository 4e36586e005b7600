"""``runbook-tui run RUNBOOK``: walk a runbook, on the screen or without one."""

import argparse

from runbook_tui import options
from runbook_tui.cli import headless


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runbook", metavar="RUNBOOK", help="its id: see runbook-tui list runbooks")
    options.add_environment(parser, required=True)
    headless.add(parser)
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    options.the_environments(options.the_site(args), args.env)
    if args.headless:
        return headless.start(args, args.runbook, args.env)
    code: int = args.open_screen(args, start=(args.runbook, args.env))
    return code
