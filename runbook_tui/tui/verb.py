"""``runbook-tui`` without a verb: the terminal program."""

import argparse
import os
import sys

from runbook_tui import options
from runbook_tui.core.problems import UsageProblem


def add(parser: argparse.ArgumentParser) -> None:
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    return open_screen(args)


def open_screen(args: argparse.Namespace, *, open_run: str | None = None, start: tuple[str, str] | None = None) -> int:
    """UsageProblem when there is no terminal to draw on."""
    need_terminal()
    site = options.the_site(args)
    from runbook_tui.tui.app import run as run_app

    return run_app(
        site, options.state_dir(args, site), open_run=open_run, start=start, options=options.access_words(args)
    )


def need_terminal() -> None:
    remedy = "use it headless: runbook-tui check, or runbook-tui run RUNBOOK --headless"
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageProblem("this is not a terminal", remedy)
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageProblem(f"TERM is {os.environ.get('TERM') or 'not set'}: this terminal cannot be drawn on", remedy)
