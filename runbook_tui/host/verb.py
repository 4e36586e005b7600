"""``runbook-tui host``: started by the terminal program, one a run and one for the home screen."""

import argparse
import os

from runbook_tui import options
from runbook_tui.core.problems import Problem
from runbook_tui.host.announce import announce


def add(parser: argparse.ArgumentParser) -> None:
    options.add_site(parser)
    options.add_access(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--desk", action="store_true", help="serve surveys")
    what.add_argument("--start", metavar="RUNBOOK", help="start a run")
    what.add_argument("--resume", metavar="RUN", help="go on with a run")
    what.add_argument("--take-over", metavar="RUN", help="go on with a run that another operator walks")
    options.add_environment(parser, required=False)


def run(args: argparse.Namespace) -> int:
    from runbook_tui.audit.folder import runs_folder
    from runbook_tui.host.desk import Desk
    from runbook_tui.host.owner import RunHost
    from runbook_tui.host.taking import once_free, take_over
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.restoring import restore_first
    from runbook_tui.wiring.runs import resume_run, start_run

    try:
        site = options.the_site(args)
        folder = options.state_dir(args, site)
        kit = Kit(site, options.access(args), folder)
        if not args.await_endpoint:  # a simulated world that is only being built has nothing to take back
            restore_first(kit, folder, kit.restored.append)
        if args.desk:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            Desk(kit, folder / f"desk-{os.getpid()}.sock").serve()
        elif args.start:
            RunHost(kit, start_run(kit, folder, args.start, args.env or "")).serve()
        elif args.take_over:
            take_over(runs_folder(folder), args.take_over, kit.by)
            RunHost(kit, once_free(lambda: resume_run(kit, folder, args.take_over))).serve()
        else:
            RunHost(kit, resume_run(kit, folder, args.resume)).serve()
    except Problem as problem:
        announce(error=str(problem), remedy=problem.remedy, exit_code=problem.exit_code)
        return problem.exit_code
    return 0
