"""The process behind ``forks``: a simulator at rest, and a kit that has asked every check once."""

import gc
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from socketserver import TCPServer
from typing import Any
from unittest.mock import patch

from runbook_tui.aws.clients import Clients
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.listening import Listener
from runbook_tui.simulator.server import Simulator
from tests.support.again import Tape
from tests.support.direct import Direct
from tests.support.forks import serve


class Doors(Simulator):
    """A simulator whose listeners run only while they are open."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._listeners: list[Listener] = []
        self._threads: list[threading.Thread] = []

    def _serve(self, name: str, application: Any, **options: Any) -> str:
        listener = Listener(name, application, now=self.world.clock.now, **options)
        self._listeners.append(listener)
        return listener.address

    def open(self) -> None:
        self._threads = [
            # werkzeug's own way to serve closes the socket at its end
            threading.Thread(target=TCPServer.serve_forever, args=(each._server, 0.02), daemon=True)
            for each in self._listeners
        ]
        for thread in self._threads:
            thread.start()

    def shut(self) -> None:
        """No thread is left when it returns: the next thing may be a fork."""
        for each in self._listeners:
            each._server.shutdown()
            each._server.hang_up()
        while threading.active_count() > 1:
            threading.Event().wait(0.01)

    def _layer(self) -> Any:
        layer = super()._layer()
        self.tape = Tape(layer)
        return layer


def _noon() -> datetime:
    """Today, at the same second of the day whenever it is asked: alarms are judged by whole minutes."""
    return datetime.now(UTC).replace(hour=12, minute=0, second=20, microsecond=0)


class Waiting:
    """In the place of ``time.sleep``: who waits for the simulated AWS lets simulated time pass, and none of ours."""

    def __init__(self) -> None:
        self.waits: Callable[[float], None] = time.sleep

    def __call__(self, seconds: float) -> None:
        self.waits(seconds)


def _direct(doors: Doors) -> Callable[[Clients, str], Direct]:
    """In the place of ``Clients._http_session``."""
    return lambda clients, _url: Direct(doors.tape, clients._turn, doors.world.clock.now)


def main() -> None:
    waiting = Waiting()
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(time, "sleep", waiting),
        Doors(scenario=sys.argv[1], folder=Path(folder) / "sim", clock=Clock(_noon, speed=0)) as doors,
        patch.object(Clients, "_http_session", _direct(doors)),
    ):
        from tests.support.standing import Standing  # now: facts take time.sleep when they are imported

        standing = Standing(doors, Path(folder) / "state")
        waiting.waits = standing.pause
        doors.open()
        standing.warm(doors.tape)
        doors.shut()
        gc.collect()
        gc.freeze()  # collecting in a fork would copy every page that it looks at

        def answer(question: Callable[..., Any], words: Any) -> Any:
            gc.disable()
            doors.open()
            return question(standing, *words)

        serve(answer)


if __name__ == "__main__":
    main()
