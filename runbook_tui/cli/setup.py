"""``runbook-tui setup``: writes the site file, by questions or from ``--set`` alone."""

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runbook_tui.aws.access import Reader
from runbook_tui.catalogue import site_answers
from runbook_tui.catalogue.site_file import NAME, complete, config_path, load_site
from runbook_tui.catalogue.site_writer import differences, write_site
from runbook_tui.cli.output import data, tell
from runbook_tui.core.problems import SiteProblem, UsageProblem
from runbook_tui.core.site import Site


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--defaults", action="store_true", help="ask nothing: the guide's defaults, and --set")
    parser.add_argument(
        "--set",
        dest="answers",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="answer one key (aws.account_id=…, lists by commas); may be repeated",
    )
    parser.add_argument("--simulator", action="store_true", help="a site to practise with, on this machine")
    parser.add_argument("--output", metavar="PATH", help="where to write (else --site, ./runbook-tui.yaml, …)")
    parser.add_argument("--site", metavar="FILE", help="the site file to begin with and to write")


def run(args: argparse.Namespace) -> int:
    path = _target(args)
    answers = _answers(args.answers)
    if args.simulator:
        answers = [*answers, ("mode", "simulator")]
    try:
        site = _unasked(answers) if args.defaults else _asked(args, path, answers)
    except (KeyboardInterrupt, EOFError):
        raise UsageProblem("setup was left: nothing was written", "run runbook-tui setup again") from None
    if site is None:
        raise UsageProblem("you said no: nothing was written", "run runbook-tui setup again")
    kept = write_site(site, path)
    data(str(path))
    _tell_next(site, kept)
    return 0


def _target(args: argparse.Namespace) -> Path:
    named = args.output or args.site or os.environ.get("RUNBOOK_TUI_SITE")
    if named:
        return Path(named).expanduser()
    here = Path(NAME)
    return here if here.is_file() else config_path()


def _answers(words: Sequence[str]) -> list[tuple[str, Any]]:
    answers = []
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise UsageProblem(f"--set needs KEY=VALUE: {key} has no value", "write --set aws.region=ap-south-1")
        answers.append((key, site_answers.parse_answer(key, text)))
    return answers


def _given(values: dict[str, Any], answers: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    for key, value in answers:
        values = site_answers.put(values, key, value)
    return values


def _unasked(answers: Sequence[tuple[str, Any]]) -> Site | None:
    return site_answers.judge_all(_with_user(_given({}, answers)))


def _with_user(values: dict[str, Any]) -> dict[str, Any]:
    return values if complete(values).operator.name else site_answers.put(values, "operator.name", os_user())


def os_user() -> str:
    """KeyError and OSError come from containers whose user has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def _asked(args: argparse.Namespace, path: Path, answers: Sequence[tuple[str, Any]]) -> Site | None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageProblem(
            "setup asks questions, and there is no terminal to ask in",
            "runbook-tui setup --defaults --set aws.account_id=… --set domain.zone=…",
        )
    from runbook_tui.cli.asking import TerminalAsker
    from runbook_tui.cli.discovery import AwsDiscovery
    from runbook_tui.cli.wizard import Wizard, summary

    asker = TerminalAsker()
    given = _given(_former(Path(args.site).expanduser() if args.site else path), answers)
    site = Wizard(asker, AwsDiscovery(_open_reader), given, os_user()).walk(simulator=args.simulator)
    asker.say("\nSummary: what differs from the guide's defaults")
    for line in summary(site):
        asker.say(line)
    return site if asker.yes(f"Write this to {path}?", default=True) else None


def _former(path: Path) -> dict[str, Any]:
    """What an existing site says is where the questions begin; one that cannot be read is kept and left alone."""
    if not path.is_file():
        return {}
    try:
        return differences(load_site(path))
    except SiteProblem as problem:
        tell(f"{path} is not used as a start:\n{problem}")
        return {}


def _open_reader(site: Site) -> Reader:
    from runbook_tui.wiring.kit import open_reader

    reader: Reader = open_reader(site)
    return reader


def _tell_next(site: Site, kept: Path | None) -> None:
    if kept is not None:
        tell(f"The former file is kept as {kept}.")
    if site.simulated:
        tell("Next: runbook-tui demo walks the runbooks in the simulator.")
        return
    tell("Next: runbook-tui permissions prints the read-only policy that the checks need;")
    tell("      runbook-tui check 'pre.*' asks whether everything is ready; then runbook-tui.")
