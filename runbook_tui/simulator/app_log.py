"""What the simulated application prints: JSON lines in the manner of pino, in its task's own log stream."""

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.app_log_history import history
from runbook_tui.simulator.app_log_secrets import scrubbed
from runbook_tui.simulator.names import SITE

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

# of an error that nobody caught
_UNCAUGHT = (
    "node:internal/modules/cjs/loader:1228",
    "Error: Cannot find module './routes/payments'",
    "    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)",
    "  code: 'MODULE_NOT_FOUND', requireStack: [ '/app/server.js' ]",
    "Node.js v22.18.0",
)
# what V8 writes to stderr itself, past the logger
_PLAIN = ("FATAL ERROR:", "<--- Last few GCs --->", "node:internal")


class Place(Struct, frozen=True):
    """Where a container's lines go: the group, and the stream's name without the task's id."""

    group: str
    prefix: str
    definition: str

    def stream(self, task: str) -> str:
        return f"{self.prefix}/{task}"


class AppLog:
    """Lines go where the task definition of the service sends them; without such a place they are lost, as in ECS.

    Only for who holds the world's lock.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self._began = world.clock.now()
        self._turn = count()
        self._filled: set[str] = set()

    def write(self, service: Any, level: str, message: str, /, *, task: Any = "", **fields: Any) -> None:
        """One line of the application. ``service`` is its name or moto's model of it; ``level`` is pino's
        (``info``, ``error``). ``task`` is an id, an ARN or moto's model; without one, the running tasks take turns.

        ``fields`` stand beside the message. Secrets in them are replaced.
        """
        found = self._service(service)
        if found is None:
            return
        running = self._task(found, task)
        if message.startswith(_PLAIN):
            self._put(found, running, message)
            return
        line = {"level": level, "time": _iso(self._world.clock.now()), "pid": 1, "hostname": _host(running)}
        self._put(found, running, json.dumps({**line, **fields, "msg": message}, separators=(",", ":"), default=str))

    def line(self, service: Any, text: str, /, *, task: Any = "") -> None:
        """Text past the logger, as a crashing runtime prints it."""
        found = self._service(service)
        if found is not None:
            self._put(found, self._task(found, task), text)

    def started(self, service: Any, task: Any = "", *, failure: str = "", port: int = SITE.app.port) -> None:
        """What the application prints when it has come up. ``failure`` is why it finds no database, else empty."""
        if failure:
            self.write(service, "error", failure, task=task, module="database")
        else:
            self.write(service, "info", "MongoDB connected", task=task, module="database")
        self.write(service, "info", f"Server listening on http://0.0.0.0:{port}", task=task, module="server")

    def stopping(self, service: Any, task: Any = "") -> None:
        """What it prints when ECS asks it to end."""
        self.write(service, "info", "SIGTERM received, closing server", task=task, module="server")
        self.write(service, "info", "Server closed", task=task, module="server")

    def out_of_memory(self, service: Any, task: Any = "") -> None:
        """V8's last words when its heap is full."""
        text = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"
        self.line(service, text, task=task)

    def crashed(self, service: Any, task: Any = "") -> None:
        """What Node.js prints of an error that nobody caught."""
        for text in _UNCAUGHT:
            self.line(service, text, task=task)

    def fill(self, group: str) -> None:
        """Makes the past of a group, at its first reading: so that a start does not wait for it."""
        if group in self._filled or group not in self._groups():
            return
        self._filled.add(group)
        for service in list(self._world.backend("ecs").services.values()):
            place = self._place(service, None)
            if place is not None and place.group == group:
                for at, task, text in history(service.name, self._began):
                    self.put(group, place.stream(task), text, at=at)

    def put(self, group: str, stream: str, text: str, *, at: datetime) -> None:
        """A line in any stream; metric filters are not asked. Nothing happens when the group does not exist."""
        from moto.logs.models import LogEvent, LogStream

        model = self._groups().get(group)
        if model is None:
            return
        if stream not in model.streams:
            model.streams[stream] = LogStream(model, stream)
            model.streams[stream].creation_time = at.replace(tzinfo=None)  # moto counts in naive UTC
        kept, milliseconds = model.streams[stream], int(at.timestamp() * 1000)
        kept.events.append(LogEvent(milliseconds, {"timestamp": milliseconds, "message": text}))
        kept.last_ingestion_time = at.replace(tzinfo=None)
        kept.stored_bytes += len(text)

    def _put(self, service: Any, task: Any, text: str) -> None:
        place = self._place(service, task)
        if place is None or place.group not in self._groups():
            return
        clean, now = scrubbed(text), self._world.clock.now()
        self.put(place.group, place.stream(_identifier(task) or "0" * 32), clean, at=now)
        from runbook_tui.simulator.logs.metrics import feed

        feed(self._world, place.group, [(int(now.timestamp() * 1000), clean)])

    def _groups(self) -> Mapping[str, Any]:
        groups: Mapping[str, Any] = self._world.backend("logs").groups
        return groups

    def _service(self, service: Any) -> Any:
        if not isinstance(service, str):
            return service
        name = service.rpartition("/")[2]
        services = self._world.backend("ecs").services.values()
        return next((each for each in services if each.name == name), None)

    def _task(self, service: Any, wanted: Any) -> Any:
        if wanted:
            return wanted if not isinstance(wanted, str) else (self._known(wanted) or wanted)
        group = f"service:{service.name}"
        running = [each for each in self._tasks() if each.group == group and each.desired_status == "RUNNING"]
        return running[next(self._turn) % len(running)] if running else ""

    def _known(self, wanted: str) -> Any:
        identifier = wanted.rpartition("/")[2]
        return next((each for each in self._tasks() if each.id == identifier), None)

    def _tasks(self) -> list[Any]:
        return [task for cluster in self._world.backend("ecs").tasks.values() for task in cluster.values()]

    def _place(self, service: Any, task: Any) -> Place | None:
        arn = getattr(task, "task_definition_arn", None) or service.task_definition
        definition = self._world.backend("ecs").describe_task_definition(arn)
        container = definition.container_definitions[0]
        log = container.get("logConfiguration") or {}
        options = log.get("options") or {}
        if log.get("logDriver") != "awslogs" or "awslogs-group" not in options:
            return None
        prefix = options.get("awslogs-stream-prefix", "ecs")
        return Place(options["awslogs-group"], f"{prefix}/{container['name']}", arn)


def _identifier(task: Any) -> str:
    return str(task).rpartition("/")[2] if isinstance(task, str) else str(task.id)


def _host(task: Any) -> str:
    attachments = getattr(task, "attachments", None) or ()
    addresses = [
        each["value"]
        for attachment in attachments
        for each in attachment["details"]
        if each["name"] == "privateIPv4Address"
    ]
    address = addresses[0] if addresses else "10.0.11.0"
    return f"ip-{str(address).replace('.', '-')}.ap-south-1.compute.internal"


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
