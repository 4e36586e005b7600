"""A server that gives the simulator's recorded answers, each late by a fixed time: AWS as seen from afar.

The first time a request comes it is passed on and its answer kept; from then on moto's own speed plays no part.
``/_sim/`` is passed on at once. ``GET /_bench/log`` tells which requests came since ``GET /_bench/reset``,
``GET /_bench/count`` how many.
"""

import argparse
import asyncio
import base64
import contextlib
import http.client
import json
import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PLACE = re.compile(rb"Credential=[^/]+/\d+/([^/]+/[^/]+)/")  # region and service
_TARGET = re.compile(rb"\r\nx-amz-target: *([^\r]+)", re.IGNORECASE)
# A report that is still being made, a query that runs: its next state is another answer to the same question.
_UNFINISHED = re.compile(
    rb"<State>(?:STARTED|INPROGRESS)<|<JobStatus>IN_PROGRESS<|\"status\": ?\"(?:Scheduled|Running)\""
)
_HOP = {"connection", "transfer-encoding", "content-length", "host", "keep-alive"}


class Request(Struct, frozen=True):
    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two requests the same question: everything but signature and date."""
        place, target = _PLACE.search(self.head), _TARGET.search(self.head)
        words = (found.group(1).decode() if found else "" for found in (place, target))
        return (self.method, self.path, *words, base64.b64encode(self.body).decode())

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.split(": ", 1) for line in self.head.decode("latin-1").split("\r\n")[1:])
        return {name: value for name, value in pairs if name.lower() not in _HOP}


class Shop:
    """Everything that the connections share."""

    def __init__(self, upstream: str, delay: float) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._delay = delay
        self._kept: dict[tuple[str, ...], bytes] = {}
        self.log: list[Request] = []
        self.passed_on = 0

    async def answer(self, request: Request) -> bytes:
        if request.path == "/_bench/reset":
            self.log, self.passed_on = [], 0
            return _reply(200, {}, b"{}")
        if request.path == "/_bench/count":
            return _reply(200, {}, str(len(self.log)).encode())
        if request.path == "/_bench/log":
            return _reply(200, {}, self._told())
        if request.path.startswith("/_sim/"):
            return await asyncio.to_thread(self._pass_on, request)
        self.log.append(request)
        late = asyncio.get_running_loop().time() + self._delay
        answer = self._kept.get(request.key)
        if answer is None:
            self.passed_on += 1
            answer = await asyncio.to_thread(self._pass_on, request)
            if not _UNFINISHED.search(answer):
                self._kept[request.key] = answer
        await asyncio.sleep(late - asyncio.get_running_loop().time())
        return answer

    def _pass_on(self, request: Request) -> bytes:
        connection = http.client.HTTPConnection(self._upstream, timeout=60)
        connection.request(request.method, request.path, request.body, request.headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return _reply(answer.status, dict(answer.getheaders()), body)

    def _told(self) -> bytes:
        requests = [
            {
                "method": each.method,
                "path": each.path,
                "headers": each.headers,
                "body": base64.b64encode(each.body).decode(),
            }
            for each in self.log
        ]
        distinct = len({each.key for each in self.log})
        return json.dumps({"requests": requests, "distinct": distinct, "passed_on": self.passed_on}).encode()


def _reply(status: int, headers: dict[str, str], body: bytes) -> bytes:
    kept = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name.lower() not in _HOP)
    return f"HTTP/1.1 {status} Answer\r\n{kept}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _serve(shop: Shop, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length.group(1))) if length else b""
            method, path, _ = head.split(b" ", 2)
            request = Request(method.decode(), path.decode(), head.removesuffix(b"\r\n\r\n"), body)
            writer.write(await shop.answer(request))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--delay", type=float, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--tls", action="store_true")
    args = parser.parse_args()
    shop = Shop(args.upstream, args.delay)
    context, ready = None, {}
    if args.tls:
        from tests.bench.trust import context_and_bundle

        context, bundle = context_and_bundle(args.folder)
        ready = {"bundle": str(bundle)}
    server = await asyncio.start_server(
        lambda reader, writer: _serve(shop, reader, writer), "127.0.0.1", 0, ssl=context, backlog=256
    )
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"url": f"http{'s' if context else ''}://127.0.0.1:{port}", **ready}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
