"""``runbook-tui demo``: the terminal program on a simulated AWS that lives and ends with it.

The screen opens at once; the simulated world is built behind it, and the runner waits for its first answer.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from runbook_tui import options
from runbook_tui.core.problems import UsageProblem

_PATIENCE: Final = 60.0  # seconds for the simulated world to be built, on a slow machine


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", default="healthy", help="see runbook-tui list scenarios")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="see runbook-tui list faults; NAME@5m sets it later",
    )
    options.add_state(parser)
    parser.set_defaults(
        site=None, profile=None, region=None, endpoint_url=None, allow_endpoint=False, await_endpoint=_PATIENCE
    )


def run(args: argparse.Namespace) -> int:
    """What can be wrong is judged before the screen opens: the words, and whether the simulator is installed."""
    args.need_terminal()
    _judge(args)
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="runbook-tui-") as folder, _simulator(args, Path(folder), port):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]  # the operator's own keys stay out of the simulated world
        args.site = _write_site(Path(folder), port, args.scenario)
        code: int = args.open_screen(args)
    return code


def _judge(args: argparse.Namespace) -> None:
    """UsageProblem for an unknown scenario or fault, and where the simulator is not installed."""
    from runbook_tui.simulator.faults import parse
    from runbook_tui.simulator.scenarios import find_scenario

    find_scenario(args.scenario)
    for name in args.fault:
        parse(name)
    if find_spec("moto") is None:
        raise UsageProblem("the simulated AWS is not installed", "install it with: pip install 'runbook-tui[sim]'")


def _write_site(folder: Path, port: int, scenario: str) -> str:
    """The site file that the simulator would write when it is ready: the screen needs it before."""
    from runbook_tui.simulator.scenarios import find_scenario
    from runbook_tui.simulator.site_file import write_site_of

    return str(write_site_of(folder, f"http://127.0.0.1:{port}", more=find_scenario(scenario).site()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _simulator(args: argparse.Namespace, folder: Path, port: int) -> Iterator[None]:
    """In its own process, ended by its process id; what it says goes to a file beside the site file."""
    words = ["--scenario", args.scenario, "--dir", str(folder), "--with-parent", str(os.getpid()), "--port", str(port)]
    words += [word for fault in args.fault for word in ("--fault", fault)]
    with (folder / "simulator.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "runbook_tui", "sim", *words], stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
