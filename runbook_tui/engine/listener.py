"""A Unix socket that screens connect to: frames in, frames out, one reading and one writing thread a screen."""

import contextlib
import os
import queue
import socket
import struct
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import MsgspecError

from runbook_tui.engine.protocol import LARGEST_FRAME, Down, Up, decode_down, frame

_LONGEST_PATH: Final = 100  # a Unix socket's path has 108 bytes on Linux, 104 on macOS


class Screen:
    """One connected screen. ``send`` never blocks: a screen that does not read is dropped when its queue is full."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._out: queue.Queue[Up | None] = queue.Queue(maxsize=100_000)

    def send(self, message: Up) -> None:
        try:
            self._out.put_nowait(message)
        except queue.Full:
            self.close()

    def finish(self) -> None:
        """Send what is queued, then hang up."""
        with contextlib.suppress(queue.Full):
            self._out.put_nowait(None)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def write_all(self) -> None:
        """The writing thread's work; ends with the connection."""
        with contextlib.suppress(OSError):
            while (message := self._out.get()) is not None:
                self._connection.sendall(frame(message))
        self.close()

    def read_all(self, heard: "Callable[[Screen, Down], None]") -> None:
        """The reading thread's work; ends when the other side hangs up or does not speak the protocol."""
        with contextlib.suppress(OSError, MsgspecError, EOFError):
            while True:
                (length,) = struct.unpack(">I", self._exactly(4))
                if length > LARGEST_FRAME:
                    return
                heard(self, decode_down(self._exactly(length)))

    def _exactly(self, number: int) -> bytes:
        parts = bytearray()
        while len(parts) < number:
            part = self._connection.recv(number - len(parts))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


class Listener:
    """``heard`` and ``lost`` are called from the reading threads."""

    def __init__(self, wanted: Path, heard: Callable[[Screen, Down], None], lost: Callable[[Screen], None]) -> None:
        self._heard = heard
        self._lost = lost
        self._screens: list[Screen] = []
        self._writers: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.path = _short(wanted)
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.path.unlink(missing_ok=True)
        former = os.umask(0o177)
        try:
            self._server.bind(str(self.path))
        finally:
            os.umask(former)
        self._server.listen(8)
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    @property
    def screens(self) -> tuple[Screen, ...]:
        with self._lock:
            return tuple(self._screens)

    def broadcast(self, message: Up) -> None:
        for screen in self.screens:
            screen.send(message)

    def close(self, seconds: float = 2.0) -> None:
        """Hang up on everybody after their queues are sent, within ``seconds``."""
        with contextlib.suppress(OSError):
            self._server.close()
        for screen in self.screens:
            screen.finish()
        for writer in self._writers:
            writer.join(seconds)
        self.path.unlink(missing_ok=True)
        if self.path.parent.name.startswith(_PRIVATE):
            with contextlib.suppress(OSError):
                self.path.parent.rmdir()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            screen = Screen(connection)
            with self._lock:
                self._screens.append(screen)
            writer = threading.Thread(target=screen.write_all, name="screen-out", daemon=True)
            self._writers.append(writer)
            writer.start()
            threading.Thread(target=self._serve, args=(screen,), name="screen-in", daemon=True).start()

    def _serve(self, screen: Screen) -> None:
        screen.read_all(self._heard)
        with self._lock:
            self._screens.remove(screen)
        screen.finish()
        self._lost(screen)


_PRIVATE: Final = "runbook-tui-"


def _short(wanted: Path) -> Path:
    """The wanted path, or one in a private temporary folder (0700) when a socket's name cannot be that long."""
    if len(os.fsencode(wanted)) <= _LONGEST_PATH:
        return wanted
    return Path(tempfile.mkdtemp(prefix=_PRIVATE)) / "socket"
