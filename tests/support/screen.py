"""A screen without glass: starts the real host process and speaks its protocol over the real socket."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from runbook_tui.core.commands import Command
from runbook_tui.core.events import Entry
from runbook_tui.core.state import RunState, fold
from runbook_tui.engine.protocol import Attach, Close, Do, Down, Gone, Happened, Hello, Refused, Up, decode_up, frame

PATIENCE = 60.0  # seconds; a machine under load is slow, a defect is for ever


class Host:
    """The host process. ``ready`` is its line; it is ended by its process id at the end of the test."""

    def __init__(self, site: Path, state_dir: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "runbook_tui", "host", "--site", str(site), "--state-dir", str(state_dir), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONFAULTHANDLER": "1"},
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self._screens: list[Screen] = []
        self.ready: dict[str, Any] = json.loads(self.process.stdout.readline() or b"{}")

    def screen(self) -> "Screen":
        self._screens.append(Screen(self.ready["socket"]))
        return self._screens[-1]

    def wait(self) -> int:
        """Its exit code; where every thread stands when it does not end."""
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGABRT)
            _, said = self.process.communicate()
            raise AssertionError(f"it did not end:\n{said.decode(errors='replace')}") from None

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        for screen in self._screens:
            screen.lose()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


class Screen:
    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(path)
        self.entries: list[Entry] = []
        self.heard: list[Up] = []
        self.gone = False
        self._number = 0

    @property
    def state(self) -> RunState:
        return fold(self.entries)

    def send(self, message: Down) -> None:
        self._socket.sendall(frame(message))

    def attach(self) -> Hello:
        self.send(Attach())
        hello = self.hear()
        assert isinstance(hello, Hello)
        return hello

    def do(self, command: Command) -> int:
        self._number += 1
        self.send(Do(number=self._number, command=command))
        return self._number

    def refused(self, command: Command) -> Refused:
        number = self.do(command)
        while True:
            message = self.hear()
            if isinstance(message, Refused) and message.number == number:
                return message

    def hear(self) -> Up:
        length = int.from_bytes(self._exactly(4), "big")
        message = decode_up(self._exactly(length))
        self.heard.append(message)
        if isinstance(message, Happened):
            self.entries.extend(message.entries)
        self.gone = self.gone or isinstance(message, Gone)
        return message

    def until(self, wanted: Callable[[RunState], bool]) -> RunState:
        end = time.monotonic() + PATIENCE
        while not self.entries or not wanted(self.state):
            assert time.monotonic() < end, "it never came"
            self.hear()
        return self.state

    def until_gone(self) -> Sequence[Up]:
        while not self.gone:
            self.hear()
        return self.heard

    def close(self, *, pause: bool) -> None:
        self.send(Close(pause=pause))

    def lose(self) -> None:
        """What a lost terminal does: nothing is said, the connection is gone."""
        self._socket.close()

    def _exactly(self, number: int) -> bytes:
        parts = b""
        while len(parts) < number:
            part = self._socket.recv(number - len(parts))
            if not part:
                raise EOFError("the host hung up")
            parts += part
        return parts
