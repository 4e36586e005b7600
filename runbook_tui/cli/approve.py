"""``runbook-tui approve CODE``: the second person's agreement to a plan, under their own name."""

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runbook_tui import options
from runbook_tui.cli.output import data, tell
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.plan_text import as_text
from runbook_tui.core.problems import JournalProblem, UsageProblem
from runbook_tui.core.text import clean

if TYPE_CHECKING:
    from runbook_tui.core.state import RunState

_WHOLE: Final = 64  # hexadecimal digits of a digest
_SHORTEST: Final = 8
EXIT_NOT_APPROVED: Final = 4


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="the beginning of the plan's digest, or all 64 digits of it")
    parser.add_argument("--yes", action="store_true", help="without being asked: the plan was read elsewhere")
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    """Standard output is the proof, to be pasted where the plan is confirmed. Nothing is changed or written."""
    from runbook_tui.aws.approval import GOOD_FOR, sign
    from runbook_tui.wiring.kit import Kit

    site = options.the_site(args)
    digest = _digest(args.code, options.state_dir(args, site))
    kit = Kit(site, options.access(args))
    kit.guard()
    tell(f"you sign as {kit.identity.arn}")
    if not args.yes and not _agreed():
        tell("not approved")
        return EXIT_NOT_APPROVED
    data(sign(kit.checks.connection().session, digest))
    tell(f"good for {GOOD_FOR // 60} minutes, for this plan alone; paste the line where the plan is confirmed")
    return 0


def _digest(code: str, state_dir: Path) -> str:
    """The plan's whole digest, after the plan was shown where it can be seen from here."""
    code = code.strip().lower()
    if not re.fullmatch(r"[0-9a-f]+", code) or not _SHORTEST <= len(code) <= _WHOLE:
        raise UsageProblem(f"{code} is no code of a plan", f"{_SHORTEST} to {_WHOLE} hexadecimal digits of its digest")
    found = _planned(code, state_dir)
    if found is not None:
        state, change = found
        assert change.plan is not None, "a planned change has a plan"
        tell(f"{state.title} in {state.environment}, run {state.run}, by {clean(state.operator)}")
        for line in as_text(change.plan).splitlines():
            tell(f"  {clean(line, 4000)}")
        return change.digest
    if len(code) != _WHOLE:
        raise UsageProblem(
            f"no run in {state_dir} has a plan that begins with {code}",
            "use the same --state-dir, or give all 64 digits after you have read the plan on the operator's screen",
        )
    tell("the plan cannot be seen from here: approve it only if you have read it on the operator's screen")
    return code


def _planned(code: str, state_dir: Path) -> "tuple[RunState, Change] | None":
    from runbook_tui.audit.folder import journals
    from runbook_tui.audit.lines import read
    from runbook_tui.core.state import fold

    for path in journals(state_dir):
        try:
            state = fold(read(path))
        except JournalProblem:
            continue
        change = state.open_change
        if change is not None and change.stage is Stage.PLANNED and change.digest.startswith(code):
            return state, change
    return None


def _agreed() -> bool:
    """A word, not a key: this is a signature."""
    if not sys.stdin.isatty():
        raise UsageProblem("nobody is there to be asked", "run it in a terminal, or with --yes after reading the plan")
    sys.stderr.write("Type approve to agree: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "approve"
