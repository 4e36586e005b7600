"""What the application had printed before the simulated world began: sparse, and the same at every start."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

_DAYS = 3
_EVERY = timedelta(minutes=15)
_ROUTES = (
    ("GET", "/health-check", 200, 4),
    ("GET", "/api/products", 200, 38),
    ("GET", "/api/orders", 200, 61),
    ("POST", "/api/orders", 201, 94),
    ("POST", "/api/login", 200, 120),
    ("POST", "/api/login", 401, 88),
    ("GET", "/api/products/404", 404, 12),
)
Line = tuple[datetime, str, str]


def history(service: str, until: datetime) -> Iterator[Line]:
    """Time, task and text of each line, oldest first: of two tasks that came with the last release and went after it.

    ``until`` is when the simulated world began.
    """
    chance = random.Random(f"log of {service}")  # noqa: S311 - a story, no secret
    tasks = [f"{chance.getrandbits(128):032x}" for _ in range(2)]
    hosts = {task: f"ip-10-20-{10 + place}-{chance.randint(90, 240)}" for place, task in enumerate(tasks)}
    began = until - timedelta(days=_DAYS)
    for task in tasks:
        yield _line(began, task, hosts, {"module": "database"}, "MongoDB connected")
        yield _line(began, task, hosts, {"module": "server"}, "Server listening on http://0.0.0.0:3000")
    at = began + _EVERY
    while at < until - _EVERY:
        task = chance.choice(tasks)
        yield _request(at + timedelta(seconds=chance.randint(0, 600)), task, hosts, chance)
        at += _EVERY
    for task in tasks:
        yield _line(until, task, hosts, {"module": "server"}, "SIGTERM received, closing server")


def _request(at: datetime, task: str, hosts: dict[str, str], chance: random.Random) -> Line:
    fields = request(chance)
    level = "warn" if fields["res"]["statusCode"] >= 400 else "info"
    return _line(at, task, hosts, fields, "request completed", level=level)


def request(chance: random.Random) -> dict[str, Any]:
    """The fields of a request as the application logs them."""
    method, url, status, typical = chance.choices(_ROUTES, weights=(30, 25, 20, 12, 8, 3, 2))[0]
    return {
        "reqId": f"req-{chance.getrandbits(32):x}",
        "req": {"method": method, "url": url},
        "res": {"statusCode": status},
        "responseTime": round(typical * chance.uniform(0.6, 1.9)),
    }


def _line(
    at: datetime, task: str, hosts: dict[str, str], fields: dict[str, object], message: str, *, level: str = "info"
) -> Line:
    time = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
    head = {"level": level, "time": time, "pid": 1, "hostname": f"{hosts[task]}.ap-south-1.compute.internal"}
    return at, task, json.dumps({**head, **fields, "msg": message}, separators=(",", ":"))
