"""The real part of the application: a process for each service that is asked, and the database behind it.

It needs the packages of the extra ``mongo``, and a clock that runs: without them, and until the processes have come
up, the application's answers are modelled. Both know the same of every task: whether it is connected, and which way
to the database it has.
"""

import http.client
import importlib.util
import threading
import time
from typing import TYPE_CHECKING, Any

from runbook_tui.simulator.app.child import Child
from runbook_tui.simulator.app.driver import Driver
from runbook_tui.simulator.app.gate import OPEN
from runbook_tui.simulator.app.lanes import Lanes
from runbook_tui.simulator.application import NOTHING_LISTENS, Reply, service_of
from runbook_tui.simulator.names import SITE

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_PACKAGES = ("nx_27017", "pymongo")
_WORTH_WAITING = 0.1  # seconds: less than that is how long any answer takes
_LAST_BREATH = 0.5  # seconds of real time
_REAL_PATHS = (SITE.app.ready_path, SITE.app.smoke_path)


class _Server:
    """One service's process. ``known`` are the tasks that it was told of."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.known: set[str] = set()


class Servers:
    """``real`` is whether there are processes at all."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._guard = threading.Lock()
        self._making = threading.Lock()  # apart: a visitor does not wait for the database to come up
        self._database: Child | None = None
        self._lanes: Lanes | None = None
        self._up: dict[str, _Server] = {}
        self._starts: dict[str, threading.Thread] = {}
        self._ended = False
        self.real = world.clock.speed > 0 and all(importlib.util.find_spec(each) for each in _PACKAGES)

    def ask(self, task: Any, port: int, path: str, patience: float) -> Reply:
        """What a task answers, and waits as long as it would: ``patience`` is in simulated seconds."""
        modelled = self._world.app.reply(task, port, path)
        service = service_of(task)
        spoiled = self._world.app.spoils(task, path)
        if not self.real or modelled.status == 0 or path not in _REAL_PATHS or spoiled:
            return self._wait_for(modelled, patience)
        server = self._up.get(service)
        if server is None:
            self._start_soon(service)
            return self._wait_for(modelled, patience)
        return self._ask_really(server, task, path, patience) or self._wait_for(modelled, patience)

    def wait_until_up(self, service: str, seconds: float) -> bool:
        """Whether the process of a service answers by then; starts it when it does not run."""
        self._start_soon(service)
        thread = self._starts.get(service)
        if thread is not None:
            thread.join(seconds)
        return service in self._up

    def processes(self) -> list[int]:
        """Process ids, the database's first."""
        children = [self._database, *(each.child for each in self._up.values())]
        return [each.process for each in children if each is not None]

    def look(self) -> None:
        """Tells the processes of tasks that came or went, and sets their lanes. For who holds the world's lock."""
        lanes = self._lanes
        if lanes is None:
            return
        for service, server in list(self._up.items()):
            tasks = self._world.app.tasks_of(service)
            for gone in server.known - tasks.keys():
                self._drop(service, server, gone)
            for identifier, driver in tasks.items():
                if identifier in server.known:
                    lanes.set(identifier, driver.way)
                elif not driver.settings.wrong_uri:
                    server.known.add(identifier)
                    self._say(service, server, _told(identifier, driver, lanes.open(identifier, driver.way)))

    def forget_task(self, task: str) -> None:
        """Ends the driver of one task. For who holds the world's lock."""
        for service, server in list(self._up.items()):
            if task in server.known:
                self._drop(service, server, task)

    def _drop(self, service: str, server: _Server, task: str) -> None:
        server.known.discard(task)
        self._say(service, server, {"drop": task})
        self._close_lane(task)

    def stop(self) -> None:
        """Ends every process and thread."""
        with self._guard:
            self._ended = True
        for thread in list(self._starts.values()):
            thread.join()
        for server in list(self._up.values()):
            server.child.end()
        self._up.clear()
        if self._lanes is not None:
            self._lanes.stop()
        if self._database is not None:
            self._database.end()

    def _wait_for(self, reply: Reply, patience: float) -> Reply:
        speed = self._world.clock.speed
        if reply.seconds > _WORTH_WAITING and speed > 0:
            self._world.stopping.wait(min(reply.seconds, patience) / speed)
        return reply

    def _start_soon(self, service: str) -> None:
        with self._guard:
            if not self._ended and service not in self._starts:
                thread = threading.Thread(target=self._start, args=(service,), name=f"start-{service}", daemon=True)
                self._starts[service] = thread
                thread.start()

    def _start(self, service: str) -> None:
        try:
            lanes = self._lanes_to_database()
            server = _Server(Child("server.py", str(self._world.clock.speed)))
        except OSError:  # no process can be had: the answers stay modelled
            return
        with self._world.lock:
            tasks = self._world.app.tasks_of(service)
            connected = {each: driver for each, driver in tasks.items() if driver.connected}
        try:
            for identifier, driver in connected.items():
                # it connected in simulated time, before there was a process: its lane is open for as long as that takes
                server.child.tell(_told(identifier, driver, lanes.open(identifier, OPEN), wait=True))
                server.known.add(identifier)
            for _ in connected:
                server.child.heard()
        except OSError:
            server.child.end()
            return
        with self._world.lock:
            self._up[service] = server
            self._world.changed()

    def _lanes_to_database(self) -> Lanes:
        with self._making:
            if self._database is None:
                self._database = Child("database.py")
            if self._lanes is None:
                self._lanes = Lanes(self._database.port)
            return self._lanes

    def _say(self, service: str, server: _Server, told: dict[str, Any]) -> None:
        try:
            server.child.tell(told)
        except OSError:
            self._forget(service)

    def _forget(self, service: str) -> None:
        """Its process has ended: the next request starts another."""
        with self._guard:
            gone = self._up.pop(service, None)
            self._starts.pop(service, None)
        if gone is not None:
            gone.child.end()
            for task in gone.known:
                self._close_lane(task)

    def _close_lane(self, task: str) -> None:
        if self._lanes is not None:
            self._lanes.close(task)

    def _ask_really(self, server: _Server, task: Any, path: str, patience: float) -> Reply | None:
        """None when the process does not know the task, or has ended."""
        speed = self._world.clock.speed
        connection = http.client.HTTPConnection("127.0.0.1", server.child.port, timeout=max(1.0, patience / speed))
        began = time.monotonic()
        try:
            connection.request("GET", path, headers={"X-Task": task.id, "X-Ready": SITE.app.ready_path})
            answer = connection.getresponse()
            body, took = answer.read(), float(answer.headers.get("X-Took") or 0)
        except TimeoutError:
            return Reply(status=504, seconds=patience)
        except (OSError, http.client.HTTPException):
            if not server.child.ends_within(_LAST_BREATH):
                return None
            self._forget(service_of(task))
            return NOTHING_LISTENS
        finally:
            connection.close()
        if answer.status == 421:
            return None
        elapsed = time.monotonic() - began
        waited = took if took > _WORTH_WAITING else 0.0  # what the driver waited for goes at the clock's speed
        error = self._world.app.failure_of(task) if answer.status == 503 else ""
        return Reply(status=answer.status, body=body, seconds=elapsed + waited * (speed - 1), error=error)


def _told(identifier: str, driver: Driver, lane: int, *, wait: bool = False) -> dict[str, Any]:
    settings = driver.settings
    return {
        "task": identifier,
        "lane": lane,
        "selection": settings.selection,
        "environment": settings.environment,
        "version": settings.version,
        "await": wait,
    }
