"""A child process: the application of one service, a small HTTP server on loopback with a real database driver.

One process plays all of the service's tasks: the header ``X-Task`` says which one is asked, and each has a driver of
its own that goes down its own lane. Its parent tells of tasks on stdin, a JSON object a line, and it ends with it.
Run by its path, so that it needs nothing of the product: ``python server.py SPEED``.
"""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_CONNECTING = 10.0  # seconds of real time until a task that should be connected counts as one that is not
_GLANCE = 0.5  # seconds of real time in which the smoke route asks after the database


class Task:
    """One driver, with the limits that a Node.js driver has by default, in the simulated time's seconds."""

    def __init__(self, told: dict[str, Any], speed: float) -> None:
        from pymongo import MongoClient

        self.told = told
        limit = max(50, int(told["selection"] * 1000 / speed))
        self.client: Any = MongoClient(
            "127.0.0.1",
            told["lane"],
            directConnection=True,
            maxPoolSize=1,  # commands in turn: a second connection would be a new one, and may not be let through
            serverSelectionTimeoutMS=limit,
            connectTimeoutMS=max(50, int(30_000 / speed)),
            heartbeatFrequencyMS=max(500, int(10_000 / speed)),
        )

    def ready(self) -> tuple[int, dict[str, Any]]:
        from pymongo.errors import PyMongoError

        try:
            self.client.admin.command("ping")
        except PyMongoError:
            return 503, {"status": "unavailable"}
        return 200, {"status": "ready"}

    def smoke(self) -> tuple[int, dict[str, Any]]:
        return 200, {
            "status": "ok",
            "environment": self.told["environment"],
            "version": self.told["version"],
            "database": "ok" if self.connects(_GLANCE) else "degraded",
        }

    def connects(self, seconds: float) -> bool:
        import pymongo
        from pymongo.errors import PyMongoError

        try:
            with pymongo.timeout(seconds):
                self.client.admin.command("ping")
        except PyMongoError:
            return False
        return True


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, speed: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.speed = speed
        self.tasks: dict[str, Task] = {}

    def listen_to_parent(self) -> None:
        for line in sys.stdin:
            told = json.loads(line)
            if "drop" in told:
                gone = self.tasks.pop(told["drop"], None)
                if gone is not None:
                    gone.client.close()
                continue
            task = self.tasks[told["task"]] = Task(told, self.speed)
            if told["await"]:
                say({"task": told["task"], "connected": task.connects(_CONNECTING)})
        os._exit(0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        task = server.tasks.get(self.headers.get("X-Task", ""))
        began = time.monotonic()
        if task is None:
            status, answer = 421, {"status": "no such task"}
        else:
            status, answer = task.ready() if self.path == self.headers.get("X-Ready") else task.smoke()
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Took", f"{time.monotonic() - began:.4f}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """stdout is the parent's."""


def say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    server = Server(float(sys.argv[1]))
    threading.Thread(target=server.listen_to_parent, daemon=True).start()
    say({"port": server.server_port})
    server.serve_forever()


if __name__ == "__main__":
    main()
