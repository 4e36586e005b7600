"""``runbook-tui check``: ask checks now. Nothing is stored, but where ``--save`` says."""

import argparse
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui import options
from runbook_tui.cli import watch
from runbook_tui.cli.baseline import Baseline, compare, read_baseline, same_place
from runbook_tui.cli.formats import FORMATS, as_json
from runbook_tui.cli.output import data, tell
from runbook_tui.cli.sweep import TROUBLE, Result, Sweep
from runbook_tui.cli.table import as_table
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.verdict import Severity, Status

if TYPE_CHECKING:
    from runbook_tui.wiring.kit import Kit


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checks", nargs="*", metavar="ID|GLOB|section:N", help="which checks; all when none is named")
    options.add_environment(parser, required=False)
    _which(parser.add_argument_group("which"))
    _how(parser.add_argument_group("how"))
    options.add_site(parser)
    options.add_access(parser)


def _which(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--section", action="append", default=[], metavar="N", help="of this section of the guide; may be repeated"
    )
    group.add_argument("--severity", choices=[each.value for each in Severity], help="this severity and worse ones")
    group.add_argument("--failed", action="store_true", help="show FAIL, UNKNOWN and WARN alone; count everything")


def _how(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--format", choices=sorted(FORMATS), default="table")
    group.add_argument("--verbose", action="store_true", help="show the evidence in the table too")
    group.add_argument("--baseline", metavar="FILE", help="compare with a former sweep; only what is new counts")
    group.add_argument("--save", metavar="FILE", help="write the sweep there, as a later baseline")
    group.add_argument(
        "--watch",
        nargs="?",
        type=interval,
        const=watch.USUAL,
        metavar="SECONDS",
        help=f"ask again every SECONDS ({watch.USUAL:g}) until Ctrl-C, and print what changed",
    )


def interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not watch.SHORTEST <= seconds <= watch.LONGEST:
        message = f"{text} is no interval from {watch.SHORTEST:g} to {watch.LONGEST:g} seconds (checks stand before it)"
        raise argparse.ArgumentTypeError(message)
    return seconds


class Wish(Struct, frozen=True, kw_only=True):
    """What the command line asks for, found to be sound before AWS is reached."""

    kit: "Kit"
    environments: tuple[str, ...]
    names: tuple[str, ...]
    baseline: Baseline | None


def run(args: argparse.Namespace) -> int:
    wish = _wish(args)
    ask = partial(_ask, args, wish)
    if args.watch is not None:
        last = watch.watch(ask, args.watch, watch.LINES[args.format], time.sleep)
        return _end(args, last)
    swept = ask()
    data(as_table(swept, evidence=args.verbose) if args.format == "table" else FORMATS[args.format](swept))
    return _end(args, swept)


def _wish(args: argparse.Namespace) -> Wish:
    from runbook_tui.cli.chosen import chosen
    from runbook_tui.wiring.kit import Kit

    if args.watch is not None and args.format not in watch.LINES:
        raise UsageProblem(f"--watch prints lines, not {args.format}", f"choose one of: {', '.join(watch.LINES)}")
    site = options.the_site(args)
    environments = options.the_environments(site, args.env)
    baseline = read_baseline(Path(args.baseline)) if args.baseline else None
    kit = Kit(site, options.access(args), options.state_dir(args, site))
    at_least = Severity(args.severity) if args.severity else None
    names = chosen(kit.checks.registry, args.checks, sections=args.section, at_least=at_least)
    if not names:
        raise UsageProblem(
            "no check fits all of that", "ask for less at once: pattern, --section and --severity narrow"
        )
    return Wish(kit=kit, environments=environments, names=names, baseline=baseline)


def _ask(args: argparse.Namespace, wish: Wish) -> Sweep:
    from runbook_tui.cli.asked import sweep

    kit, baseline = wish.kit, wish.baseline
    if baseline is not None:
        same_place(baseline, kit.world.value, kit.identity.account, kit.site.aws.region)
    swept = sweep(kit, kit.jobs(wish.environments, wish.names), args.env)
    return replace(
        swept,
        only=TROUBLE if args.failed else (),
        difference=compare(baseline, swept.results) if baseline is not None else None,
    )


def _end(args: argparse.Namespace, swept: Sweep) -> int:
    if args.save:
        from runbook_tui.cli.whole_file import write_whole

        write_whole(Path(args.save), as_json(replace(swept, only=(), difference=None)) + "\n")
        tell(f"written: {args.save}")
    return exit_code(swept.results) if swept.difference is None else swept.difference.exit_code


def exit_code(results: Sequence[Result]) -> int:
    """1 for a failure that nobody answers for, 3 for an open question, else 0."""
    if any(result.fails for result in results):
        return 1
    return 3 if any(result.status is Status.UNKNOWN for result in results) else 0
