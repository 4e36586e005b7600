"""``runbook-tui run RUNBOOK``: walk a runbook, on the screen or without one."""

import argparse

from runbook_tui import options
from runbook_tui.cli import headless
from runbook_tui.cli.output import data


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runbook", metavar="RUNBOOK", help="its id: see runbook-tui list runbooks")
    options.add_environment(parser, required=True)
    headless.add(parser)
    parser.add_argument(
        "--answers-template", action="store_true", help="print the answers file to fill in; nothing is run"
    )
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    options.the_environments(options.the_site(args), args.env)
    if args.answers_template:
        return _template(args)
    if args.headless:
        return headless.start(args, args.runbook, args.env)
    code: int = args.open_screen(args, start=(args.runbook, args.env))
    return code


def _template(args: argparse.Namespace) -> int:
    from runbook_tui.catalogue.loader import load
    from runbook_tui.cli.drafts import drafts
    from runbook_tui.cli.template import template
    from runbook_tui.wiring.kit import Kit

    runbook = load(args.runbook)
    kit = Kit(options.the_site(args), options.access(args))
    kit.guard()
    found = drafts(runbook.steps, lambda change: kit.changes.plan(change, None, args.env))
    data(template(runbook, args.env, found))
    return 0
