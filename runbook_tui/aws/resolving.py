"""Asks the resolvers of this machine, as its own programs do: what the world sees of a name."""

import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from runbook_tui.aws.dns_message import BadMessage, Reply, question, read
from runbook_tui.aws.probe import Failure, Resolved

RESOLVERS: Final = Path("/etc/resolv.conf")
PATIENCE: Final = 2.0  # seconds for one resolver
_LONGEST: Final = 65_535

Place = tuple[str, int]


def resolvers(path: Path = RESOLVERS) -> tuple[Place, ...]:
    """Empty where the machine keeps no such file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    words = (line.split() for line in lines)
    return tuple((found[1], 53) for found in words if len(found) > 1 and found[0] == "nameserver")


def resolve(name: str, kind: str, places: Sequence[Place], patience: float = PATIENCE) -> Resolved | Failure:
    """One resolver after the other, until one knows: a failing server says nothing about the name."""
    began = time.monotonic()
    last: Resolved | Failure = Failure(kind="other", text="this machine names no resolver")
    for place in places:
        last = _asked(name, kind, place, patience)
        if isinstance(last, Resolved) and last.code in ("NOERROR", "NXDOMAIN"):
            return last
    if isinstance(last, Failure):
        return Failure(kind=last.kind, text=last.text, ms=round((time.monotonic() - began) * 1000, 1))
    return last


def _asked(name: str, kind: str, place: Place, patience: float) -> Resolved | Failure:
    number = secrets.randbelow(1 << 16)
    try:
        asked = question(number, name, kind)
        reply = _by_datagram(asked, number, kind, place, patience)
        if reply.truncated:
            reply = _by_stream(asked, kind, place, patience)
    except TimeoutError:
        return Failure(kind="timeout", text=f"{place[0]} did not answer within {patience:g} s")
    except ConnectionRefusedError:
        return Failure(kind="refused", text=f"{place[0]} refuses questions")
    except (BadMessage, OSError) as error:
        return Failure(kind="other", text=f"{place[0]}: {error}")
    if (reply.number, reply.name) != (number, name.rstrip(".").lower()):
        return Failure(kind="other", text=f"{place[0]} answers another question")
    return Resolved(code=reply.code, data=reply.data)


def _by_datagram(asked: bytes, number: int, kind: str, place: Place, patience: float) -> Reply:
    """Datagrams that are no answer to this question are left aside: anybody can send one."""
    end = time.monotonic() + patience
    with socket.socket(_family(place), socket.SOCK_DGRAM) as wire:
        wire.connect(place)
        wire.send(asked)
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            wire.settimeout(left)
            try:
                reply = read(wire.recv(_LONGEST), kind)
            except BadMessage:
                continue
            if reply.number == number:
                return reply


def _by_stream(asked: bytes, kind: str, place: Place, patience: float) -> Reply:
    with socket.create_connection(place, timeout=patience) as wire:
        wire.sendall(len(asked).to_bytes(2, "big") + asked)
        return read(_exactly(wire, int.from_bytes(_exactly(wire, 2), "big")), kind)


def _exactly(wire: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        more = wire.recv(length - len(found))
        if not more:
            raise BadMessage("the connection was closed before the answer was complete")
        found += more
    return found


def _family(place: Place) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in place[0] else socket.AF_INET
