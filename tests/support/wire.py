"""A real HTTP(S) server on loopback that says what a test tells it to, and remembers what it was asked."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from msgspec import Struct


class Asked(Struct, frozen=True, kw_only=True):
    """One request. ``operation`` is the API operation where the protocol names it (not for REST)."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    operation: str
    service: str


class Reply(Struct, frozen=True, kw_only=True):
    """``delay`` holds the answer back, ``drip`` pauses after each byte of the body; both in seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    drip: float = 0.0
    hang_up: bool = False


Says = Callable[[Asked], Reply]


class Wire:
    def __init__(self, says: Says, context: ssl.SSLContext | None = None) -> None:
        self.says = says
        self.asked: list[Asked] = []
        self.gone = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.wire = self
        self._scheme = "https" if context else "http"
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}"

    def operations(self) -> list[str]:
        return [asked.operation for asked in self.asked]

    def close(self) -> None:
        self.gone.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(says: Says | Reply, context: ssl.SSLContext | None = None) -> Iterator[Wire]:
    wire = Wire(says if callable(says) else lambda _: says, context)
    try:
        yield wire
    finally:
        wire.close()


def xml(root: str, inner: str = "", *, wrapper: str = "") -> Reply:
    """An answer of a query protocol: ``<Root><Wrapper>inner</Wrapper></Root>``."""
    content = f"<{wrapper}>{inner}</{wrapper}>" if wrapper else inner
    return Reply(body=f"<{root}>{content}</{root}>".encode(), headers={"Content-Type": "text/xml"})


def document(**members: Any) -> Reply:
    return Reply(body=json.dumps(members).encode(), headers={"Content-Type": "application/x-amz-json-1.1"})


WHO = xml(
    "GetCallerIdentityResponse",
    "<Arn>arn:aws:iam::123456789012:user/op</Arn><UserId>AIDA</UserId><Account>123456789012</Account>",
    wrapper="GetCallerIdentityResult",
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    wire: Wire

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or refuses our certificate, is what many of these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # headers and body in one packet: two would wait 40 ms for an acknowledgement
    timeout = 5
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        wire = self.server.wire
        asked = _asked(self, body)
        wire.asked.append(asked)
        reply = wire.says(asked)
        if reply.delay:
            wire.gone.wait(reply.delay)
        if reply.hang_up:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(reply, wire.gone)

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        """Nothing: a test's output is its failures."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Without the Date that the base class adds: a reply may bring its own."""
        self.send_response_only(code, message)

    def _write(self, reply: Reply, gone: threading.Event) -> None:
        if not reply.drip:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if gone.wait(reply.drip):
                return


def _asked(handler: BaseHTTPRequestHandler, body: bytes) -> Asked:
    headers = {name.lower(): value for name, value in handler.headers.items()}
    target = headers.get("x-amz-target", "").rpartition(".")[2]
    form = parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
    scope = headers.get("authorization", "").partition("Credential=")[2].split("/")
    return Asked(
        method=handler.command,
        path=handler.path,
        headers=headers,
        body=body,
        operation=target or form,
        service=scope[3] if len(scope) > 3 else "",
    )
