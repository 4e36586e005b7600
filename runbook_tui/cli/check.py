"""``runbook-tui check``: ask checks now. Nothing is stored."""

import argparse
import sys
import time
from collections.abc import Sequence

from runbook_tui import options
from runbook_tui.cli import formats
from runbook_tui.cli.output import data, tell
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.verdict import Status


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checks", nargs="*", metavar="ID|GLOB|section:N", help="which checks; all when none is named")
    options.add_environment(parser, required=False)
    parser.add_argument("--format", choices=sorted(formats.FORMATS), default="table")
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    from runbook_tui.engine.survey import Answered, survey
    from runbook_tui.wiring import Kit

    site = options.the_site(args)
    environments = options.the_environments(site, args.env)
    kit = Kit(site, options.access(args))
    _all_known(args.checks, tuple(kit.checks.registry))
    identity = kit.identity  # the account guard, before any check
    jobs = kit.jobs(environments, args.checks)
    answers: list[Answered] = []
    progress = Progress(len(jobs))

    def heard(answered: Answered) -> None:
        answers.append(answered)
        progress.show(answered.left)

    began_at = kit.clock.now()
    survey(kit.checks, kit.clock, jobs, heard)
    progress.end()
    order = {job: place for place, job in enumerate(jobs)}
    swept = formats.Sweep(
        world=kit.world.value,
        account=identity.account,
        region=site.aws.region,
        environment=args.env,
        started_at=began_at,
        finished_at=kit.clock.now(),
        api_calls=kit.api_calls(),
        results=tuple(
            formats.Result.of(kit.checks.registry[answered.job.check], answered)
            for answered in sorted(answers, key=lambda answered: order[answered.job])
        ),
    )
    data(formats.FORMATS[args.format](swept))
    return exit_code(swept.results)


def exit_code(results: Sequence[formats.Result]) -> int:
    statuses = {result.status for result in results}
    if Status.FAIL in statuses:
        return 1
    return 3 if Status.UNKNOWN in statuses else 0


def _all_known(wanted: Sequence[str], known: Sequence[str]) -> None:
    from difflib import get_close_matches

    from runbook_tui.catalogue.registry import all_checks, matching

    for pattern in wanted:
        if not matching(pattern, all_checks()):
            near = get_close_matches(pattern, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else "see: runbook-tui list checks"
            raise UsageProblem(f"no check is called {pattern}", remedy)


class Progress:
    """One line on standard error that counts down, shown only when it takes a while and somebody can see it."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._visible = sys.stderr.isatty()
        self._began = time.monotonic()
        self._shown = False

    def show(self, left: int) -> None:
        if self._visible and (self._shown or time.monotonic() - self._began > 0.3):
            self._shown = True
            sys.stderr.write(f"\r… {self._total - left} of {self._total} checks")
            sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
        if self._total == 0:
            tell("no checks")
