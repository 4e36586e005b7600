"""``runbook-tui schema``: the JSON Schema of a file, for editors and other programs."""

import argparse

from runbook_tui.catalogue import schema
from runbook_tui.cli.output import data

_OF = {"runbook": schema.runbook_schema, "site": schema.site_schema, "waivers": schema.waivers_schema}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("of", nargs="?", choices=tuple(_OF), default="runbook", help="which file (default: runbook)")


def run(args: argparse.Namespace) -> int:
    import json

    data(json.dumps(_OF[args.of](), indent=2, ensure_ascii=False))
    return 0
