"""A wire between the program and a simulator: it hands on what it is asked, unless a test says something else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.support.wire import Asked, Reply, Wire, serving

Hands = Callable[[Asked], Reply]


class Between:
    """``does`` maps operations to what becomes of the next requests for them, one after the other; it is given the
    request and the way to the simulator. ``passed`` are the operations that came to the simulator."""

    def __init__(self, endpoint_url: str) -> None:
        self._target = urlsplit(endpoint_url)
        self.does: dict[str, list[Callable[[Asked, Hands], Reply]]] = {}
        self.passed: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        waiting = self.does.get(asked.operation)
        return waiting.pop(0)(asked, self._on) if waiting else self._on(asked)

    def _on(self, asked: Asked) -> Reply:
        self.passed.append(asked.operation)
        connection = HTTPConnection(self._target.hostname or "", self._target.port, timeout=30)
        try:
            connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() in _KEPT}
            return Reply(status=answer.status, body=answer.read(), headers=kept)
        finally:
            connection.close()


_KEPT = ("content-type", "x-amzn-requestid", "x-amzn-errortype", "date")


@contextmanager
def between(endpoint_url: str) -> Iterator[tuple[Between, Wire]]:
    """Both, and the wire's address is the endpoint to use."""
    hands = Between(endpoint_url)
    with serving(hands) as wire:
        yield hands, wire


def slow(seconds: float) -> Callable[[Asked, Hands], Reply]:
    """AWS does it, and takes its time to say so."""

    def later(asked: Asked, hand_on: Hands) -> Reply:
        said = hand_on(asked)
        return Reply(status=said.status, body=said.body, headers=said.headers, delay=seconds)

    return later


def throttled(_asked: Asked, _hand_on: Hands) -> Reply:
    body = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
    return Reply(status=400, body=body, headers={"x-amzn-ErrorType": "ThrottlingException"})


def cut_after(asked: Asked, hand_on: Hands) -> Reply:
    """AWS did it, and the connection is gone before it can say so."""
    hand_on(asked)
    return Reply(hang_up=True)


def cut_before(_asked: Asked, _hand_on: Hands) -> Reply:
    """AWS never saw it, and nobody here can know."""
    return Reply(hang_up=True)
