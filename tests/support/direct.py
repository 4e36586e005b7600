"""botocore's HTTP session without HTTP: a request goes straight into the simulator's layer.

A sweep takes two thirds of the CPU time that it takes over a socket; signing, retries, parsing and the call log are the
product's own.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit


class Direct:
    def __init__(
        self, layer: Any, turn: Callable[[], AbstractContextManager[None]], now: Callable[[], datetime]
    ) -> None:
        self._layer = layer
        self._now = now
        self._turn = turn

    def send(self, request: Any) -> Any:
        from botocore.awsrequest import AWSResponse
        from urllib3 import HTTPHeaderDict

        body = _bytes(request.body)
        with self._turn():
            answer = self._layer.answer(_environ(request, body), body)
        headers = HTTPHeaderDict(answer.headers)
        headers["Date"] = format_datetime(self._now(), usegmt=True)
        return AWSResponse(request.url, answer.status, headers, _Raw(answer.body))

    def close(self) -> None:
        """There is nothing open."""


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body.read() if hasattr(body, "read") else body)


def _environ(request: Any, body: bytes) -> dict[str, Any]:
    url = urlsplit(request.url)
    headers = {name.upper().replace("-", "_"): _text(value) for name, value in request.headers.items()}
    return {
        **{name if name == "CONTENT_TYPE" else f"HTTP_{name}": value for name, value in headers.items()},
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(url.path),
        "QUERY_STRING": url.query,
        "RAW_URI": f"{url.path}?{url.query}" if url.query else url.path,
        "REQUEST_URI": url.path,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
