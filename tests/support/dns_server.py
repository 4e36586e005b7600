"""A name server on loopback, over datagrams and streams, that answers as a test says."""

import ipaddress
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from runbook_tui.aws.dns_message import TYPES

Says = Callable[[bytes, bool], bytes | None]


def reply_to(
    asked: bytes,
    kind: str,
    values: Sequence[str],
    *,
    code: int = 0,
    truncated: bool = False,
    first: tuple[str, str] | None = None,
) -> bytes:
    """The answer to a question; names point back to the question where they can."""
    records = [*([first] if first else []), *((kind, value) for value in values)]
    flags = 0x8180 | code | (0x0200 if truncated else 0)
    header = asked[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0)
    return header + asked[12:] + b"".join(_record(*one) for one in records)


def _record(kind: str, value: str) -> bytes:
    data = ipaddress.ip_address(value).packed if kind in ("A", "AAAA") else _name(value)
    return b"\xc0\x0c" + struct.pack("!HHIH", TYPES[kind], 1, 60, len(data)) + data


def _name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


@contextmanager
def serving_names(says: Says) -> Iterator[tuple[str, int]]:
    """``says`` gets the question and whether it came over a stream; None keeps silent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as streams:
        streams.bind(("127.0.0.1", 0))
        place: tuple[str, int] = streams.getsockname()
        datagrams.bind(place)
        streams.listen()
        threads = [
            threading.Thread(target=_datagrams, args=(datagrams, says)),
            threading.Thread(target=_streams, args=(streams, says)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield place
        finally:
            _end(place)
            for thread in threads:
                thread.join()


def _end(place: tuple[str, int]) -> None:
    """An empty question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.sendto(b"", place)
    socket.create_connection(place).close()


def _datagrams(wire: socket.socket, says: Says) -> None:
    while True:
        asked, sender = wire.recvfrom(65535)
        if not asked:
            return
        answer = says(asked, False)
        if answer is not None:
            wire.sendto(answer, sender)


def _streams(wire: socket.socket, says: Says) -> None:
    while True:
        connection, _ = wire.accept()
        with connection:
            asked = connection.recv(65535)
            if not asked:
                return
            answer = says(asked[2:], True)
            if answer is not None:
                connection.sendall(len(answer).to_bytes(2, "big") + answer)
