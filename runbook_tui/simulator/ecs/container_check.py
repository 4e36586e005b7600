"""The health check of a container, as its task definition gives it: read once, asked every few seconds."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1):(?P<port>\d+)(?P<path>/[^\s|;'\"]*)")
_USUAL = {"interval": 30, "retries": 3, "startPeriod": 0, "timeout": 5}  # ECS's own defaults


class ContainerCheck(Struct, frozen=True, kw_only=True):
    """``port`` is 0 for a command that asks no HTTP server of the container's own. ``timeout`` is in seconds."""

    port: int
    path: str
    interval: timedelta
    retries: int
    start: timedelta
    timeout: float


def container_check(definition: Any) -> ContainerCheck | None:
    """Of moto's model of a task definition; None without one."""
    given: Mapping[str, Any] | None = definition.container_definitions[0].get("healthCheck")
    if not given:
        return None
    rules = _USUAL | {key: value for key, value in given.items() if key in _USUAL}
    url = _URL.search(" ".join(given["command"]))
    return ContainerCheck(
        port=int(url["port"]) if url is not None else 0,
        path=url["path"] if url is not None else "",
        interval=timedelta(seconds=rules["interval"]),
        retries=rules["retries"],
        start=timedelta(seconds=rules["startPeriod"]),
        timeout=rules["timeout"],
    )
