"""``runbook-tui permissions``: the policy that lets an operator ask the checks, and do nothing else."""

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from runbook_tui import options
from runbook_tui.cli.output import data, tell
from runbook_tui.core.problems import UsageProblem

if TYPE_CHECKING:
    from runbook_tui.catalogue.registry import Check
    from runbook_tui.core.site import Site


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checks", nargs="+", metavar="ID|GLOB|section:N", help="the policy of these checks alone; else of all"
    )
    options.add_site(parser)


def run(args: argparse.Namespace) -> int:
    """One document is printed as an object, several as an array."""
    from runbook_tui.catalogue.permissions import policy
    from runbook_tui.catalogue.registry import all_checks

    documents = policy(_chosen(args.checks, all_checks()), _site(args))
    data(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2))
    if len(documents) > 1:
        tell(f"{len(documents)} policies: IAM takes 6,144 characters in one; create a managed policy from each")
    return 0


def _chosen(patterns: Sequence[str] | None, checks: Mapping[str, "Check"]) -> list["Check"]:
    from runbook_tui.catalogue.registry import matching
    from runbook_tui.catalogue.suggest import did_you_mean

    names: dict[str, None] = {}
    for pattern in patterns or ("*",):
        found = matching(pattern, dict(checks))
        if not found:
            raise UsageProblem(
                f"no check is called {pattern}", did_you_mean(pattern, checks) or "see: runbook-tui list checks"
            )
        names.update(dict.fromkeys(found))
    return [checks[name] for name in names]


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
