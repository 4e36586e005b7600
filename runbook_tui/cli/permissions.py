"""``runbook-tui permissions``: the policy that lets an operator ask the checks, and do nothing else."""

import argparse
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from runbook_tui import options
from runbook_tui.cli.output import data, tell

if TYPE_CHECKING:
    from runbook_tui.catalogue.registry import Check
    from runbook_tui.core.site import Site


def add(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--runbook", metavar="R", help="the policy of the checks of this runbook alone")
    which.add_argument(
        "--checks", nargs="+", metavar="ID|GLOB|section:N", help="the policy of these checks alone; else of all"
    )
    options.add_site(parser)


def run(args: argparse.Namespace) -> int:
    """One document is printed as an object, several as an array."""
    from runbook_tui.catalogue.permissions import policy
    from runbook_tui.catalogue.registry import all_checks

    checks = all_checks()
    documents = policy([checks[name] for name in _names(args, checks)], _site(args))
    data(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2))
    if len(documents) > 1:
        tell(f"{len(documents)} policies: IAM takes 6,144 characters in one; create a managed policy from each")
    return 0


def _names(args: argparse.Namespace, checks: Mapping[str, "Check"]) -> tuple[str, ...]:
    from runbook_tui.cli.chosen import chosen

    if args.runbook is None:
        return chosen(checks, args.checks or ())
    from runbook_tui.catalogue import loader

    wanted = [check for step in loader.load(args.runbook).steps for check in step.all_checks]
    return chosen(checks, wanted) if wanted else ()


def _site(args: argparse.Namespace) -> "Site":
    """Before set-up there is no site file, and the policy is what set-up needs: the guide's names will do."""
    from runbook_tui.catalogue.site_file import complete, find_site, load_site
    from runbook_tui.core.problems import SiteProblem

    try:
        path = find_site(args.site)
    except SiteProblem:
        if args.site or os.environ.get("RUNBOOK_TUI_SITE"):
            raise
        tell("no site file yet: the policy is for the guide's names, in any account")
        return complete({})
    return load_site(path)
