"""The socket to the runner's process: what it says becomes messages, at most thirty times a second."""

import asyncio
import getpass
from collections.abc import Sequence
from socket import gethostname
from typing import Final, Protocol

import msgspec
from textual.message import Message

from runbook_tui.core.commands import Command
from runbook_tui.core.problems import Problem
from runbook_tui.engine.protocol import (
    LARGEST_FRAME,
    Approve,
    Attach,
    Close,
    Do,
    Down,
    FrameError,
    Reveal,
    Up,
    decode_up,
    frame,
)
from runbook_tui.tui.launch import Launch, hosted, start
from runbook_tui.tui.messages import Arrived, Connected, Lost

FRAME_TIME: Final = 1 / 30  # one message each costs 0.3 s of lag at 8k/s; drained together 74k/s pass


class Listener(Protocol):
    def post_message(self, message: Message) -> bool: ...


class Bridge:
    """One connection. ``serve`` runs until it ends; everything that happens is posted to the listener."""

    def __init__(self, listener: Listener, launch: Launch) -> None:
        self._listener = listener
        self._launch = launch
        self._writer: asyncio.StreamWriter | None = None
        self._inbox: list[Up] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._flushed_at = 0.0
        self._number = 0
        self._closing = False

    @property
    def connected(self) -> bool:
        return self._writer is not None

    async def serve(self, work: Sequence[str], *, attach: str = "") -> None:
        """Connect to the process that owns run ``attach``, or start one with these options, and listen to it."""
        self._closing = False
        try:
            reader, run = await self._open(work, attach)
        except Problem as problem:
            self._listener.post_message(Lost(problem.what, problem.remedy, started=False))
            return
        except OSError as error:
            self._listener.post_message(Lost(f"the runner does not answer: {error}", "try again", started=False))
            return
        self._listener.post_message(Connected(run))
        self.send(Attach(who=f"{getpass.getuser()}@{gethostname()}"))
        try:
            await self._listen(reader)
        finally:
            self._drop()

    async def _open(self, work: Sequence[str], attach: str) -> tuple[asyncio.StreamReader, str]:
        if attach:
            socket = await asyncio.to_thread(hosted, self._launch.state_dir, attach)
            if socket and (reader := await self._connect_or_none(socket)) is not None:
                return reader, attach
        ready = await start(self._launch, work)
        reader, self._writer = await asyncio.open_unix_connection(ready.socket)
        return reader, ready.run

    async def _connect_or_none(self, socket: str) -> asyncio.StreamReader | None:
        """None when its owner has ended without a word: the pointer stays, whoever resumes puts it right."""
        try:
            reader, self._writer = await asyncio.open_unix_connection(socket)
        except OSError:
            return None
        return reader

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        what = "the runner has ended"
        try:
            while True:
                self._heard(await _next(reader))
        except (asyncio.IncompleteReadError, OSError):
            pass
        except (FrameError, msgspec.MsgspecError) as error:
            what = f"the runner speaks another language: {error}"
        self._flush()
        if not self._closing:
            self._listener.post_message(Lost(what, "nothing that was recorded is lost; take it up again", started=True))

    def _heard(self, up: Up) -> None:
        self._inbox.append(up)
        if self._flushing is None:
            loop = asyncio.get_running_loop()
            due = max(loop.time(), self._flushed_at + FRAME_TIME)
            self._flushing = loop.call_at(due, self._flush)

    def _flush(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        self._flushed_at = asyncio.get_running_loop().time()
        if self._inbox:
            ups, self._inbox = tuple(self._inbox), []
            self._listener.post_message(Arrived(ups))

    def send(self, message: Down) -> bool:
        """False when there is nobody to send it to."""
        if self._writer is None or self._writer.is_closing():
            return False
        self._writer.write(frame(message))
        return True

    def do(self, command: Command) -> int:
        """Ask for a command; the number that a refusal of it will carry, 0 when nobody listens."""
        self._number += 1
        return self._number if self.send(Do(number=self._number, command=command)) else 0

    def approve(self, digest: str, proof: str) -> None:
        self._number += 1
        self.send(Approve(number=self._number, digest=digest, proof=proof))

    def reveal(self, change: int) -> None:
        """Ask for what a change made that is told once."""
        self._number += 1
        self.send(Reveal(number=self._number, change=change))

    def leave(self) -> None:
        """Go, and let the runner go on alone."""
        self._closing = True
        self._drop()

    def close(self) -> bool:
        """Pause the run and end its runner; ``serve`` returns when it has. False when nobody listens."""
        self._closing = True
        return self.send(Close(pause=True))

    def _drop(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


async def _next(reader: asyncio.StreamReader) -> Up:
    """FrameError or MsgspecError when it is no frame of ours."""
    length = int.from_bytes(await reader.readexactly(4), "big")
    if length > LARGEST_FRAME:
        raise FrameError(f"a frame of {length} bytes")
    return decode_up(await reader.readexactly(length))
