"""``runbook-tui permissions``: the policy with which an operator can ask the checks, walk one runbook, or do triage."""

import argparse
import json
import os
from typing import TYPE_CHECKING

from runbook_tui import options
from runbook_tui.cli.output import data, tell

if TYPE_CHECKING:
    from runbook_tui.catalogue.permissions import Document
    from runbook_tui.core.site import Site


def add(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--runbook", metavar="R", help="the policy to walk this runbook with, its changes among it")
    which.add_argument(
        "--checks", nargs="+", metavar="ID|GLOB|section:N", help="the policy of these checks alone; else of all"
    )
    which.add_argument("--triage", action="store_true", help="the policy of triage: all that it looks at")
    options.add_site(parser)


def run(args: argparse.Namespace) -> int:
    """One document is printed as an object, several as an array."""
    documents = _documents(args)
    data(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2))
    if len(documents) > 1:
        tell(f"{len(documents)} policies: IAM takes 6,144 characters in one; create a managed policy from each")
    return 0


def _documents(args: argparse.Namespace) -> "list[Document]":
    from runbook_tui.catalogue.permissions import policy
    from runbook_tui.catalogue.registry import all_checks
    from runbook_tui.cli.chosen import chosen

    checks = all_checks()
    if args.triage:
        from runbook_tui.triage.looked_at import CHECKS
        from runbook_tui.triage.parts import NEEDS

        return policy([checks[name] for name in CHECKS], _site(args), NEEDS)
    if args.runbook is None:
        return policy([checks[name] for name in chosen(checks, args.checks or ())], _site(args))
    from runbook_tui.catalogue.loader import load
    from runbook_tui.catalogue.operator_policy import operator_policy

    return operator_policy(load(args.runbook), checks, _site(args))


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
