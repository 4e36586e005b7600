"""``runbook-tui demo``: the terminal program on a simulated AWS that lives and ends with it."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from runbook_tui import options
from runbook_tui.cli.output import tell
from runbook_tui.core.problems import UsageProblem

_PATIENCE: Final = 60.0  # seconds for the simulated world to be seeded, on a slow machine


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
    parser.set_defaults(site=None, profile=None, region=None, endpoint_url=None, allow_endpoint=False)


def run(args: argparse.Namespace) -> int:
    """The first line is on the glass before anything is imported or built; the screen's own modules, half a second
    on one core, are imported while the other core builds the world."""
    args.need_terminal()
    _say_progress(0)
    with tempfile.TemporaryDirectory(prefix="runbook-tui-") as folder, simulated(args, Path(folder)) as ready:
        # The simulated world knows its own keys; the operator's real ones stay out of it.
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            os.environ.pop(name, None)
        os.environ["AWS_ACCESS_KEY_ID"] = ready["access_key_id"]
        os.environ["AWS_SECRET_ACCESS_KEY"] = ready["secret_access_key"]
        args.site = ready["site"]
        code: int = args.open_screen(args)
    return code


@contextmanager
def simulated(args: argparse.Namespace, folder: Path) -> Iterator[dict[str, str]]:
    """A simulator in its own process, ended by its process id; yields its ready line."""
    words = ["--scenario", args.scenario, "--dir", str(folder), "--with-parent", str(os.getpid())]
    words += [word for fault in args.fault for word in ("--fault", fault)]
    with (folder / "simulator.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "runbook_tui", "sim", *words], stdout=subprocess.PIPE, stderr=log
        )
    try:
        ready = _ready(process)
        yield ready if ready is not None else _say_why(args, folder / "simulator.log")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(process: "subprocess.Popen[bytes]") -> dict[str, str] | None:
    """None when it ended without a word, or took too long."""
    lines: list[bytes] = []
    reading = threading.Thread(target=lambda: lines.append(_first_line(process)), daemon=True)
    reading.start()
    warming = threading.Thread(target=_import_the_screen, daemon=True)
    warming.start()
    began = time.monotonic()
    while reading.is_alive() and time.monotonic() - began < _PATIENCE:
        reading.join(0.2)
        _say_progress(time.monotonic() - began)
    sys.stderr.write("\r\x1b[K")
    if not lines or not lines[0].strip():
        return None
    found: dict[str, str] = json.loads(lines[0])
    return found


def _say_why(args: argparse.Namespace, log: Path) -> NoReturn:
    """UsageProblem: the words on the command line were wrong, or the simulator cannot run here."""
    from runbook_tui.simulator.faults import parse
    from runbook_tui.simulator.scenarios import find_scenario

    find_scenario(args.scenario)
    for name in args.fault:
        parse(name)
    tell(log.read_text(errors="replace")[-2000:].strip())
    raise UsageProblem("the simulated AWS did not start", "install it with: pip install 'runbook-tui[sim]'")


def _say_progress(seconds: float) -> None:
    sys.stderr.write(f"\rbuilding the simulated AWS … {seconds:.0f} s")
    sys.stderr.flush()


def _import_the_screen() -> None:
    """A part that cannot be imported is told by whoever needs it, not here."""
    with suppress(ImportError):
        import_module("runbook_tui.tui.app")


def _first_line(process: "subprocess.Popen[bytes]") -> bytes:
    assert process.stdout is not None, "it was opened as a pipe"
    return process.stdout.readline()
