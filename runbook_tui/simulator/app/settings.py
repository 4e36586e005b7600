"""What a task's application was given when it started: variables and secrets stay as they were until it ends."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from runbook_tui.simulator.names import SITE, ZONE
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.secret_value import secret_text

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_SELECTION = 30.0  # seconds: serverSelectionTimeoutMS, unless the URI says otherwise
_DATABASES = f".mongodb.{ZONE}"


class Settings(Struct, frozen=True, kw_only=True):
    """``port`` is where it listens, ``cors_origin`` whose pages may use it. ``selection`` is for how many seconds the
    driver looks for a server; ``wrong_uri`` why it will never find one, else empty."""

    port: int
    image: str
    environment: str
    cors_origin: str = ""
    selection: float = _SELECTION
    wrong_uri: str = ""

    @property
    def version(self) -> str:
        return self.image.rpartition(":")[2]


def settings_of(world: "World", task: Any) -> Settings:
    container = world.backend("ecs").describe_task_definition(task.task_definition_arn).container_definitions[0]
    variables = {each["name"]: each["value"] for each in container.get("environment") or ()}
    port = variables.get("PORT", "")
    uri = variables.get("MONGO_URI") or _secret(world, container, "MONGO_URI")
    selection, wrong = _driver_options(uri)
    return Settings(
        port=int(port) if port.isdecimal() else SITE.app.port,
        image=container["image"],
        environment=_environment(task),
        cors_origin=variables.get("CORS_ORIGIN") or _secret(world, container, "CORS_ORIGIN"),
        selection=selection,
        wrong_uri=wrong,
    )


def _environment(task: Any) -> str:
    return next((str(tag["value"]) for tag in task.tags or () if tag["key"] == "Environment"), "")


def _secret(world: "World", container: Mapping[str, Any], name: str) -> str:
    """The value that ECS put into a variable; empty when the container wants none, or has none."""
    source = next((each["valueFrom"] for each in container.get("secrets") or () if each["name"] == name), "")
    parts = source.split(":")
    if len(parts) < 8 or parts[2] != "secretsmanager":
        return ""
    try:
        text = secret_text(world, ":".join(parts[:7]))
        return str(json.loads(text).get(parts[7], ""))
    except (Refused, ValueError):  # such a task does not start: ECS says why
        return ""


def _driver_options(uri: str) -> tuple[float, str]:
    """An application without a URI has nothing that could be wrong."""
    if not uri:
        return _SELECTION, ""
    parts = urlsplit(uri)
    limit = parse_qs(parts.query).get("serverSelectionTimeoutMS", [""])[0]
    selection = int(limit) / 1000 if limit.isdecimal() else _SELECTION
    host = parts.hostname or ""
    if not host.endswith(_DATABASES):
        return selection, f"querySrv ENOTFOUND _mongodb._tcp.{host}"
    if not (parts.username and parts.password):
        return selection, "command ping requires authentication"
    return selection, ""
