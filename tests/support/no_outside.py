"""A guard at the socket: whatever would leave this machine is noted and refused."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_HERE = ("127.0.0.1", "::1", "localhost")


@contextmanager
def guarded() -> Iterator[list[str]]:
    """Yields the addresses that somebody tried to reach."""
    tried: list[str] = []
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _HERE:
            tried.append(str(address[0]))
            raise OSError(f"{address[0]} is outside")
        connect(self, address)

    def resolving(host: Any, *rest: Any, **more: Any) -> Any:
        if host is not None and str(host) not in _HERE:
            tried.append(str(host))
            raise OSError(f"{host} is outside")
        return resolve(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connecting)
        patch.setattr(socket, "getaddrinfo", resolving)
        yield tried
