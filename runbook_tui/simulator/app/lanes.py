"""Real TCP from the application's processes to the database: one lane a task, each open, refusing or swallowing.

One thread carries them all. A packet cannot be dropped here, so a swallowed connection is accepted and hears nothing;
when its lane opens again it goes on, as TCP does when it repeats what was lost.
"""

import contextlib
import selectors
import socket
import struct
import threading
from typing import Any

from runbook_tui.simulator.app.gate import OPEN, Mode, Way

_LOOPBACK = "127.0.0.1"
_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)  # linger for no time: closing says reset


class _Link:
    """One connection of a client. ``far`` is its other half, None while it was never let through."""

    def __init__(self, near: socket.socket, *, stalled: bool) -> None:
        self.near = near
        self.far: socket.socket | None = None
        self.stalled = stalled
        self.outward = bytearray()
        self.inward = bytearray()

    def sockets(self) -> list[socket.socket]:
        return [each for each in (self.near, self.far) if each is not None]


class _Lane:
    def __init__(self, listener: socket.socket, way: Way) -> None:
        self.listener = listener
        self.way = way
        self.links: set[_Link] = set()


class Lanes:
    """To the database that listens on a loopback port. Safe from many threads; ``stop`` ends everything."""

    def __init__(self, database_port: int) -> None:
        self._database = (_LOOPBACK, database_port)
        self._guard = threading.RLock()
        self._selector = selectors.DefaultSelector()
        self._lanes: dict[str, _Lane] = {}
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._stopping = False
        self._thread = threading.Thread(target=self._carry, name="lanes", daemon=True)
        self._thread.start()

    def open(self, name: str, way: Way = OPEN) -> int:
        """The port on which this lane begins."""
        listener = socket.create_server((_LOOPBACK, 0))
        with self._guard:
            lane = self._lanes[name] = _Lane(listener, way)
            self._selector.register(listener, selectors.EVENT_READ, lane)
        self._wake.send(b"!")
        return int(listener.getsockname()[1])

    def set(self, name: str, way: Way) -> None:
        with self._guard:
            lane = self._lanes.get(name)
            if lane is None or lane.way == way:
                return
            lane.way = way
            for link in list(lane.links):
                self._meet(lane, link)

    def close(self, name: str) -> None:
        with self._guard:
            lane = self._lanes.pop(name, None)
            if lane is None:
                return
            self._selector.unregister(lane.listener)
            lane.listener.close()
            for link in list(lane.links):
                self._end(lane, link)

    def stop(self) -> None:
        self._stopping = True
        self._wake.send(b"!")
        self._thread.join()
        for name in list(self._lanes):
            self.close(name)
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def _carry(self) -> None:
        while not self._stopping:
            ready = self._selector.select()
            with self._guard:
                for key, _ in ready:
                    if key.fileobj is self._woken:
                        self._woken.recv(_CHUNK)
                    elif isinstance(key.data, _Lane):
                        self._accept(key.data)
                    else:
                        lane, link = key.data
                        self._read(lane, link, key.fileobj)

    def _accept(self, lane: _Lane) -> None:
        try:
            near, _ = lane.listener.accept()
        except OSError:  # the lane was closed, or the client has gone
            return
        near.settimeout(1)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if lane.way.mode is Mode.REFUSE:
            _reset(near)
            return
        link = _Link(near, stalled=lane.way.mode is Mode.BLACKHOLE)
        lane.links.add(link)
        self._selector.register(near, selectors.EVENT_READ, (lane, link))
        self._pass_on(lane, link)

    def _meet(self, lane: _Lane, link: _Link) -> None:
        """What a changed way does to a connection. One that was never let through is as good as a new one."""
        fresh = link.far is None
        if lane.way.mode is Mode.REFUSE and (lane.way.cut or fresh):
            _reset(link.near)
            self._end(lane, link)
            return
        link.stalled = lane.way.mode is Mode.BLACKHOLE and (lane.way.cut or fresh)
        self._pass_on(lane, link)

    def _read(self, lane: _Lane, link: _Link, ready: Any) -> None:
        try:
            data = ready.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._end(lane, link)
            return
        (link.outward if ready is link.near else link.inward).extend(data)
        self._pass_on(lane, link)

    def _pass_on(self, lane: _Lane, link: _Link) -> None:
        if link.stalled:
            return
        try:
            if link.far is None:
                link.far = socket.create_connection(self._database, timeout=1)
                link.far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._selector.register(link.far, selectors.EVENT_READ, (lane, link))
            for end, waiting in ((link.far, link.outward), (link.near, link.inward)):
                end.sendall(waiting)
                waiting.clear()
        except OSError:
            self._end(lane, link)

    def _end(self, lane: _Lane, link: _Link) -> None:
        lane.links.discard(link)
        for each in link.sockets():
            with contextlib.suppress(KeyError, ValueError):  # it was never watched, or is closed already
                self._selector.unregister(each)
            each.close()


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()
