"""``runbook-tui doctor``: whether everything that the program needs is there. Changes nothing."""

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from runbook_tui import __version__, options
from runbook_tui.cli.output import coloured, data, status
from runbook_tui.core.problems import Problem
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status, Verdict, fail, passed, skip, unknown, warn


def add(parser: argparse.ArgumentParser) -> None:
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    site: list[Site] = []
    found: list[tuple[str, Verdict]] = [
        ("program", passed(f"runbook-tui {__version__} on Python {sys.version.split()[0]}")),
        ("simulator", _simulator()),
        ("terminal", _terminal()),
        ("site file", _guarded(lambda: _site(args, site))),
        ("state folder", _guarded(lambda: _state(options.state_dir(args, site[0] if site else None)))),
        ("AWS", _guarded(lambda: _aws(args, site))),
    ]
    for name, verdict in found:
        data(f"{status(verdict.status, coloured=coloured())} {name:<12}  {verdict.because}")
        if verdict.remedy:
            data(f"{'':<10}→ {verdict.remedy}")
    return 1 if any(verdict.status is Status.FAIL for _, verdict in found) else 0


def _guarded(look: Callable[[], Verdict]) -> Verdict:
    try:
        return look()
    except Problem as problem:
        return fail(problem.what, problem.remedy)


def _simulator() -> Verdict:
    if find_spec("moto") is None:
        return warn("not installed: demo and sim cannot run", "pip install 'runbook-tui[sim]'")
    return passed("installed")


def _terminal() -> Verdict:
    if not sys.stdout.isatty():
        return skip("standard output is not a terminal")
    if os.environ.get("TERM", "") in ("", "dumb"):
        return warn(f"TERM is {os.environ.get('TERM') or 'not set'}", "use the verbs check and run --headless")
    size = os.get_terminal_size()
    if size.columns < 60 or size.lines < 15:
        return warn(f"{size.columns}×{size.lines} is too small to draw on", "make it 80×24 or larger")
    return passed(f"{os.environ['TERM']}, {size.columns}×{size.lines}")


def _site(args: argparse.Namespace, found: list[Site]) -> Verdict:
    found.append(options.the_site(args))
    return passed(f"{found[0].path}: {found[0].site.name}, {found[0].mode}, {', '.join(found[0].environments)}")


def _state(folder: Path) -> Verdict:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return fail(f"{folder} cannot be written", "choose another with --state-dir or RUNBOOK_TUI_STATE_DIR")
    if folder.exists() and folder.stat().st_mode & 0o077:
        return warn(f"{folder} is readable by others", f"chmod 700 {folder}")
    return passed(str(folder))


def _aws(args: argparse.Namespace, site: list[Site]) -> Verdict:
    if not site:
        return unknown(Cause.UNDECIDED, "no site file, so nobody was asked", "write one: runbook-tui setup")
    import_module("boto3")
    from runbook_tui.wiring.kit import Kit

    identity = Kit(site[0], options.access(args)).identity
    return passed(f"{identity.arn} in account {identity.account}")
