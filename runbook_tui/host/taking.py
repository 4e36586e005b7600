"""Asks the process that holds a run to hand it over, and waits until it has let go."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import MsgspecError

from runbook_tui.core.problems import RefusedProblem, RunHeld
from runbook_tui.engine.protocol import Gone, Refused, TakeOver, Up, decode_up, frame
from runbook_tui.wiring.runs import OpenRun

_LOOK: Final = 0.05
PATIENCE: Final = 20.0  # seconds: it writes the pause down and waits for its threads


def take_over(runs: Path, run: str, taker: str) -> None:
    """RefusedProblem when it does not hand over now. Nothing to do where nobody says that they hold it: the journal's
    lock tells then."""
    try:
        path = json.loads((runs / f"{run}.host").read_text(encoding="utf-8"))["socket"]
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as holder:
            holder.settimeout(PATIENCE)
            holder.connect(path)
            holder.sendall(frame(TakeOver(taker=taker)))
            _until_gone(holder)
    except TimeoutError as error:
        raise RefusedProblem("whoever holds the run does not let go", "try again in a moment") from error
    except (OSError, ValueError, KeyError, MsgspecError):
        return  # it has ended without a word, or just now


def once_free(open_run: Callable[[], OpenRun]) -> OpenRun:
    """Who has said that it goes lets go of the journal last: RunHeld is heard for a while."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return open_run()
        except RunHeld:
            if time.monotonic() > end:
                raise
            time.sleep(_LOOK)


def _until_gone(holder: socket.socket) -> None:
    while True:
        message = _next(holder)
        if isinstance(message, Refused):
            raise RefusedProblem(message.reason, message.remedy)
        if message is None or isinstance(message, Gone):
            return


def _next(holder: socket.socket) -> Up | None:
    """None when it has hung up."""
    head = _exactly(holder, 4)
    return decode_up(_exactly(holder, int.from_bytes(head, "big"))) if head else None


def _exactly(holder: socket.socket, number: int) -> bytes:
    parts = bytearray()
    while len(parts) < number:
        part = holder.recv(number - len(parts))
        if not part:
            return b""
        parts += part
    return bytes(parts)
