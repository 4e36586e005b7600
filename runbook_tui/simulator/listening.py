"""An HTTP server on 127.0.0.1 that ends completely: no thread and no connection stays behind."""

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from runbook_tui.simulator.wire import http_date

LOOPBACK = "127.0.0.1"
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Handler(MotoRequestHandler):
    disable_nagle_algorithm = True  # head and body are two writes: 40 ms of waiting otherwise
    timeout = 60  # an idle connection ends by itself

    def send_response(self, code: int, message: str | None = None) -> None:
        """Without a Date of this machine: the answer bears that of its world."""
        self.send_response_only(code, message)
        self.send_header("Server", self.version_string())

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """stdout is data and stderr is narration: requests are neither."""


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def __init__(self, port: int, application: Application, tls: ssl.SSLContext | None) -> None:
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        # werkzeug would end the process itself when the port is taken
        with socket.create_server((LOOPBACK, port), backlog=128) as ready:
            super().__init__(LOOPBACK, port, application, handler=_Handler, fd=ready.fileno())
        if tls is not None:
            # the handshake waits for the connection's own thread: a silent client holds up nobody else
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
            self.ssl_context = tls

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up or refuses our certificate is no news."""
        if not isinstance(sys.exception(), (OSError, ssl.SSLError)):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        with self._guard:
            open_connections = list(self._connections)
        for connection in open_connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was faster
                continue


def _dated(application: Application, now: Callable[[], datetime]) -> Application:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            known = any(name.lower() == "date" for name, _ in headers)
            return start_response(status, headers if known else [*headers, ("Date", http_date(now()))], *more)

        return application(environ, start)

    return answer


class Listener:
    """``port`` 0 takes a free one; ``address`` says which. ``now`` is for the Date of answers that have none.
    OSError when the port is taken."""

    def __init__(
        self,
        name: str,
        application: Application,
        *,
        now: Callable[[], datetime],
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = _Server(port, _dated(application, now), tls)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name=name, daemon=True)

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self._server.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
