"""``runbook-tui triage``: what is wrong, since when, what changed before, and what to do. Nothing is stored."""

import argparse
from typing import Final

from runbook_tui import options
from runbook_tui.cli.output import data
from runbook_tui.cli.triage_formats import FORMATS
from runbook_tui.triage.diagnosis import Diagnosis, Outcome

CODES: Final = {Outcome.NOTHING: 0, Outcome.CAUSES: 1, Outcome.UNDECIDED: 3}


def add(parser: argparse.ArgumentParser) -> None:
    options.add_environment(parser, required=True)
    parser.add_argument("--format", choices=sorted(FORMATS), default="table")
    parser.add_argument("--costs", action="store_true", help="look at costs too: AWS takes a cent for it")
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    """0 nothing wrong, 1 causes found, 3 undecided."""
    found = _triage(args)
    data(FORMATS[args.format](found))
    return CODES[found.outcome]


def _triage(args: argparse.Namespace) -> Diagnosis:
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.triage import triage

    site = options.the_site(args)
    (environment,) = options.the_environments(site, args.env)
    kit = Kit(site, options.access(args), options.state_dir(args, site))
    return triage(kit, environment, costs=args.costs)
