"""``runbook-tui attach RUN``: show a run whose runner goes on without a screen."""

import argparse

from runbook_tui import options


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run, the start of its name, or latest")
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    from runbook_tui.audit.runs import find_run

    found = find_run(options.state_dir(args, options.the_site(args)), args.run)
    code: int = args.open_screen(args, open_run=found.run)
    return code
