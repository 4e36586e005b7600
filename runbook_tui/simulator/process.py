"""The simulator as a process: one ready line on stdout, then silence until it is told to end."""

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator

_PARENT_EVERY = 0.5


def serve(  # noqa: PLR0913 - as many as the verb has options
    *,
    scenario: str,
    faults: Sequence[str],
    port: int,
    folder: Path | None,
    parent: int | None,
    speed: float = 1.0,
    seed: int = 0,
    enforce: bool = False,
) -> int:
    """Ends with 0 at SIGTERM or SIGINT, or when ``parent`` has died. Raises UsageProblem."""
    told = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    former = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    stdout = sys.stdout
    try:
        # moto prints; stdout is for the ready line alone
        clock = Clock(speed=speed)
        chosen = Simulator(
            scenario=scenario, faults=faults, port=port, folder=folder, clock=clock, seed=seed, enforce=enforce
        )
        with contextlib.redirect_stdout(sys.stderr), _running(chosen) as simulator:
            print(ready_line(simulator), file=stdout, flush=True)
            while not told.wait(_PARENT_EVERY) and (parent is None or _lives(parent)):
                continue
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    return 0


def ready_line(simulator: Simulator) -> str:
    return json.dumps(
        {
            "endpoint_url": simulator.endpoint_url,
            "site": str(simulator.site_path),
            "region": simulator.world.region,
            "account": simulator.world.account,
            "access_key_id": simulator.credentials.access_key_id,
            "secret_access_key": simulator.credentials.secret_access_key,
        },
        separators=(",", ":"),
    )


@contextlib.contextmanager
def _running(chosen: Simulator) -> Iterator[Simulator]:
    with contextlib.ExitStack() as stack:
        try:
            simulator = stack.enter_context(chosen)
        except ModuleNotFoundError as error:
            raise UsageProblem(
                f"the simulator's part of the product is not installed ({error.name})",
                "pip install 'runbook-tui[sim]'",
            ) from error
        except OSError as error:
            raise UsageProblem(
                f"the simulator cannot start: {error.strerror or error}", "choose another --port or --dir"
            ) from error
        yield simulator


def _lives(process: int) -> bool:
    """A process that is not ours to signal lives; so does one that waits to be buried, unless it was our parent."""
    if os.getppid() == process:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
