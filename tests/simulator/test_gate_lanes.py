"""The TCP gate: bytes really pass, stall, go on, and are reset."""

import socket
import threading
from collections.abc import Iterator

import pytest

from runbook_tui.simulator.app.gate import OPEN, Mode, Way
from runbook_tui.simulator.app.lanes import Lanes

FILTERED = Way(Mode.BLACKHOLE)
FENCED = Way(Mode.BLACKHOLE, cut=True)
REFUSED = Way(Mode.REFUSE)
RESET = Way(Mode.REFUSE, cut=True)


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    """To a server that says everything back."""
    with socket.create_server(("127.0.0.1", 0)) as echo:
        thread = threading.Thread(target=_echo, args=(echo,), daemon=True)
        thread.start()
        found = Lanes(echo.getsockname()[1])
        yield found
        found.stop()
        echo.shutdown(socket.SHUT_RDWR)
    thread.join()


def _echo(listener: socket.socket) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_say_back, args=(client,), daemon=True).start()


def _say_back(client: socket.socket) -> None:
    with client:
        while data := client.recv(1000):
            client.sendall(data)


def _connected(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    client.settimeout(5)
    return client


def _echoes(client: socket.socket, text: bytes = b"ping") -> bytes:
    client.sendall(text)
    return client.recv(1000)


def _is_silent(client: socket.socket) -> bool:
    client.settimeout(0.1)
    try:
        client.recv(1000)
    except TimeoutError:
        return True
    finally:
        client.settimeout(5)
    return False


def _is_reset(client: socket.socket) -> bool:
    try:
        client.sendall(b"ping")
        return client.recv(1000) == b""
    except ConnectionError:
        return True


def _is_refused(port: int) -> bool:
    """At once, or with the first byte."""
    try:
        with _connected(port) as fresh:
            return _is_reset(fresh)
    except ConnectionError:
        return True


def test_an_open_lane_carries_both_ways(lanes: Lanes) -> None:
    """More than once, and more than one connection."""
    port = lanes.open("task")
    with _connected(port) as first, _connected(port) as second:
        assert [_echoes(first), _echoes(second, b"pong"), _echoes(first, b"again")] == [b"ping", b"pong", b"again"]


def test_a_filter_swallows_new_connections_alone(lanes: Lanes) -> None:
    """And what waited is delivered when it opens."""
    port = lanes.open("task")
    with _connected(port) as old:
        assert _echoes(old) == b"ping"
        lanes.set("task", FILTERED)
        with _connected(port) as fresh:
            fresh.sendall(b"late")
            assert _is_silent(fresh)
            assert _echoes(old) == b"ping"
            lanes.set("task", OPEN)
            assert fresh.recv(1000) == b"late"


def test_a_fence_stalls_what_is_established(lanes: Lanes) -> None:
    """Nothing is lost: it goes on where it stopped."""
    with _connected(lanes.open("task")) as old:
        assert _echoes(old) == b"ping"
        lanes.set("task", FENCED)
        old.sendall(b"stuck")
        assert _is_silent(old)
        lanes.set("task", OPEN)
        assert old.recv(1000) == b"stuck"


def test_a_refusal_resets(lanes: Lanes) -> None:
    """New connections always, established ones when they are cut."""
    port = lanes.open("task")
    with _connected(port) as old:
        assert _echoes(old) == b"ping"
        lanes.set("task", REFUSED)
        assert _is_refused(port)
        assert _echoes(old) == b"ping"
        lanes.set("task", RESET)
        assert _is_reset(old)
    lanes.set("task", OPEN)
    with _connected(port) as later:
        assert _echoes(later) == b"ping"


def test_lanes_are_apart(lanes: Lanes) -> None:
    """What happens to one task's leaves the other's alone."""
    one, other = lanes.open("one", FENCED), lanes.open("other")
    with _connected(one) as first, _connected(other) as second:
        first.sendall(b"ping")
        assert _is_silent(first)
        assert _echoes(second) == b"ping"


def test_a_closed_lane_has_no_port(lanes: Lanes) -> None:
    """Its connections end with it; closing twice is nothing."""
    port = lanes.open("task")
    with _connected(port) as client:
        assert _echoes(client) == b"ping"
        lanes.close("task")
        lanes.close("task")
        lanes.set("task", OPEN)
        assert _is_reset(client)
    with pytest.raises(ConnectionRefusedError):
        _connected(port)
