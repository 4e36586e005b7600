"""Questions and answers of the domain name system on the wire (RFC 1035), pure."""

import socket
import struct
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

TYPES: Final = {"A": 1, "NS": 2, "CNAME": 5, "AAAA": 28}
CODES: Final = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
_INTERNET: Final = 1
_ADDRESSES: Final = {1: (socket.AF_INET, 4), 28: (socket.AF_INET6, 16)}
_HEADER: Final = struct.Struct("!HHHHHH")
_RECORD: Final = struct.Struct("!HHIH")
_ANSWERS: Final = 0x8000
_TRUNCATED: Final = 0x0200
_RECURSE: Final = 0x0100
_LONGEST_NAME: Final = 255
_LONGEST_LABEL: Final = 63


class BadMessage(ValueError):
    """What cannot be asked, or was answered with something that is no answer."""


class Reply(Struct, frozen=True):
    """``data`` are the answer's records of the type that was asked for, and no others."""

    number: int
    name: str
    code: str
    truncated: bool
    data: tuple[str, ...]


def question(number: int, name: str, kind: str) -> bytes:
    """BadMessage for a name with an empty, a long or a strange label."""
    return _HEADER.pack(number, _RECURSE, 1, 0, 0, 0) + _written(name) + struct.pack("!HH", TYPES[kind], _INTERNET)


def read(message: bytes, kind: str) -> Reply:
    """BadMessage when it is no answer to one question, or ends before it is complete."""
    try:
        number, flags, questions, answers, _, _ = _HEADER.unpack_from(message)
        if not flags & _ANSWERS or questions != 1:
            raise BadMessage("this is no answer to one question")
        name, place = _name(message, _HEADER.size)
        truncated = bool(flags & _TRUNCATED)
        data = () if truncated else tuple(_records(message, place + 4, answers, TYPES[kind]))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BadMessage("the answer ends before it is complete") from error
    return Reply(number, name, CODES.get(flags & 0xF, f"code {flags & 0xF}"), truncated, data)


def _written(name: str) -> bytes:
    try:
        labels = [label.encode("ascii") for label in name.rstrip(".").split(".")]
    except UnicodeEncodeError as error:
        raise BadMessage(f"{name!r} is no name of the DNS") from error
    if any(not 0 < len(label) <= _LONGEST_LABEL for label in labels) or len(name) > _LONGEST_NAME:
        raise BadMessage(f"{name!r} is no name of the DNS")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _records(message: bytes, place: int, count: int, wanted: int) -> Iterator[str]:
    for _ in range(count):
        _, place = _name(message, place)
        kind, _, _, length = _RECORD.unpack_from(message, place)
        place += _RECORD.size
        if kind == wanted:
            yield _value(message, place, length, kind)
        place += length


def _value(message: bytes, place: int, length: int, kind: int) -> str:
    if kind not in _ADDRESSES:
        return _name(message, place)[0]
    family, size = _ADDRESSES[kind]
    if length != size or len(message) < place + size:
        raise BadMessage("an address in the answer has a wrong length")
    return socket.inet_ntop(family, message[place : place + size])


def _name(message: bytes, place: int) -> tuple[str, int]:
    """The name at a place, in lower case, and where it ends; a part of it may stand elsewhere, further in front."""
    labels: list[str] = []
    end = 0
    limit = place
    while True:
        length = message[place]
        if length & 0xC0 == 0xC0:
            end = end or place + 2
            place = (length & 0x3F) << 8 | message[place + 1]
            if place >= limit:  # backwards only: otherwise two pointers could lead in a circle
                raise BadMessage("a name in the answer points to itself")
            limit = place
        elif length == 0:
            return ".".join(labels).lower(), end or place + 1
        else:
            labels.append(message[place + 1 : place + 1 + length].decode("ascii"))
            place += 1 + length
