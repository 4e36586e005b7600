"""The application that the simulated tasks run: a readiness route and a smoke route, and what they answer when."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.app.driver import Driver
from runbook_tui.simulator.app.settings import Settings, settings_of
from runbook_tui.simulator.image_behaviour import HEALTHY, ImageBehaviour
from runbook_tui.simulator.names import SITE

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_QUICK = 0.012  # seconds: a route that asks the database once


class Reply(Struct, frozen=True, kw_only=True):
    """``seconds`` are simulated. ``error`` is what the application logs with it, else empty.
    ``status`` 0 is no answer at all: nothing listens there."""

    status: int
    body: bytes = b""
    seconds: float = _QUICK
    error: str = ""


NOTHING_LISTENS = Reply(status=0, seconds=0.001)


class Application:
    """What runs in the tasks, modelled task by task. Only for who holds the world's lock, but for the
    questions about one task."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._drivers: dict[str, Driver] = {}
        self._listens_at: dict[str, datetime] = {}
        self._services: dict[str, str] = {}

    def look(self) -> None:
        """Brings the drivers up to what the world is now: new tasks connect, others may lose their connections."""
        from runbook_tui.simulator import fleet

        running = {task.id: task for task in fleet.all_tasks(self._world) if task.last_status == "RUNNING"}
        for gone in self._drivers.keys() - running.keys():
            self.forget(gone)
        ways = self._world.gate.ways_of(running.values())
        for identifier, task in running.items():
            way, driver = ways[identifier], self._drivers.get(identifier)
            if driver is None:
                self._drivers[identifier] = Driver(settings_of(self._world, task), way)
                self._services[identifier] = service_of(task)
                self._listens_at[identifier] = task.started_at + timedelta(seconds=self.behaviour(task).start_seconds)
            elif driver.meet(way):
                self._tell(task, driver)

    def forget(self, task: str) -> None:
        """Its process has ended, and with it what it was connected to."""
        del self._drivers[task], self._listens_at[task], self._services[task]

    def tasks_of(self, service: str) -> dict[str, Driver]:
        """The drivers of a service's running tasks, by task id."""
        return {each: self._drivers[each] for each, name in self._services.items() if name == service}

    def failure_of(self, task: Any) -> str:
        """How the driver of a task puts it that it finds no database."""
        driver = self._drivers.get(task.id)
        return driver.failure[1] if driver is not None else ""

    def greeting(self, task: Any) -> tuple[str, int]:
        """Why a task that has just come up finds no database, empty when it does; and the port that it listens on."""
        self.look()
        driver = self._drivers[task.id]
        return "" if driver.connected else driver.failure[1], driver.settings.port

    def listens(self, task: Any, port: int) -> bool:
        driver = self._drivers.get(task.id)
        if driver is None or driver.settings.port != port:
            return False
        return self._world.clock.now() >= self._listens_at[task.id]

    def settle(self) -> None:
        """What runs now has run for long."""
        self.look()
        now = self._world.clock.now()
        self._listens_at = dict.fromkeys(self._listens_at, now)

    def behaviour(self, task: Any) -> ImageBehaviour:
        """That of the image which the task runs, by the digest that it pulled."""
        container = task.containers[0]
        repository = container.image.rpartition("/")[2].partition("@")[0].partition(":")[0]
        return self._world.images.get((repository, container.image_digest or ""), HEALTHY)

    def reply(self, task: Any, port: int, path: str) -> Reply:
        """The smoke route stays good when only the readiness is not: they ask different things."""
        driver = self._drivers.get(task.id)
        if driver is None or not self.listens(task, port):
            return NOTHING_LISTENS
        behaviour = self.behaviour(task)
        seconds = _QUICK * behaviour.latency_factor
        if path == SITE.app.ready_path:
            return self._ready(service_of(task), driver, behaviour, seconds)
        if self.errs(behaviour):
            return Reply(status=500, body=_json({"status": "error"}), seconds=seconds, error="Internal Server Error")
        if path == SITE.app.smoke_path:
            return Reply(status=200, body=smoke(driver.settings, good=driver.connected), seconds=seconds)
        return Reply(status=404, body=_json({"status": "not found"}), seconds=seconds)

    def preflight(self, task: Any, port: int) -> tuple[tuple[str, str], ...] | None:
        """The headers that answer a browser's preflight, whatever the origin that asks; None when nothing listens."""
        driver = self._drivers.get(task.id)
        if driver is None or not self.listens(task, port):
            return None
        origin = driver.settings.cors_origin
        allowed = (("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"), ("Vary", "Origin"))
        return (("Access-Control-Allow-Origin", origin), *allowed) if origin else ()

    def errs(self, behaviour: ImageBehaviour) -> bool:
        return behaviour.error_rate > 0 and self._world.random.random() < behaviour.error_rate

    def spoils(self, task: Any, path: str) -> bool:
        """Whether something other than the database decides what a route answers, or when."""
        behaviour = self.behaviour(task)
        if behaviour.error_rate or behaviour.latency_factor != 1:
            return True
        return path == SITE.app.ready_path and self.spoiled(service_of(task), behaviour) != 200

    def spoiled(self, service: str, behaviour: ImageBehaviour) -> int:
        """What the readiness route answers whatever the database does; 200 when nothing spoils it."""
        wanted = self._world.ready_status.get(service, 200)
        return wanted if wanted != 200 else behaviour.ready_status

    def _ready(self, service: str, driver: Driver, behaviour: ImageBehaviour, seconds: float) -> Reply:
        status = self.spoiled(service, behaviour)
        if status != 200:
            return unready(status, f"readiness check failed with {status}", seconds)
        if not driver.connected:
            wait, error = driver.failure
            return unready(503, error, wait)
        return Reply(status=200, body=_json({"status": "ready"}), seconds=seconds)

    def _tell(self, task: Any, driver: Driver) -> None:
        write, name = self._world.app_log.write, service_of(task)
        if driver.connected:
            write(name, "info", "MongoDB connected", task=task.id, module="database")
        elif driver.way.cut:
            write(name, "error", "MongoDB disconnected", task=task.id, module="database")


def service_of(task: Any) -> str:
    """The name of the ECS service that a task belongs to."""
    return str(task.group).removeprefix("service:")


def unready(status: int, error: str, seconds: float) -> Reply:
    return Reply(status=status, body=_json({"status": "unavailable"}), seconds=seconds, error=error)


def smoke(settings: Settings, *, good: bool) -> bytes:
    return _json(
        {
            "status": "ok",
            "environment": settings.environment,
            "version": settings.version,
            "database": "ok" if good else "degraded",
        }
    )


def _json(answer: Mapping[str, str]) -> bytes:
    return json.dumps(answer).encode()
