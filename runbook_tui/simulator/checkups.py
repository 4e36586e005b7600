"""What a load balancer knows of its targets: rows of health checks, thresholds, and how long a target drains."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from runbook_tui.simulator import health
from runbook_tui.simulator.agenda import Appointment
from runbook_tui.simulator.application import Reply, service_of
from runbook_tui.simulator.health import Health

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_REGISTRATION = timedelta(seconds=5)


class Checkup:
    """One target. ``good`` and ``bad`` are how many checks in a row found it so."""

    def __init__(self, address: str, port: int, now: datetime) -> None:
        self.address = address
        self.port = port
        self.health = health.REGISTERING
        self.since = now
        self.good = 0
        self.bad = 0
        self.next: Appointment | None = None

    def cancel(self) -> None:
        if self.next is not None:
            self.next.cancel()
            self.next = None


class Targets:
    """The targets of all groups. Only for who holds the world's lock."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._known: dict[str, dict[str, Checkup]] = {}

    def health(self, group: str, address: str) -> Health:
        """As it is now: a change that nobody told of is found, unless the world is being looked at anyway."""
        if not self._world.looking:
            self.look()
        return self.last_health(group, address)

    def last_health(self, group: str, address: str) -> Health:
        """As it was when somebody looked last; for this the lock is not needed."""
        found = self._known.get(group, {}).get(address)
        if found is None:
            return health.NOT_REGISTERED
        if found.health is health.REGISTERING and self._world.clock.now() - found.since >= _REGISTRATION:
            return health.CHECKING
        return found.health

    def listed(self, group: str) -> list[tuple[str, int]]:
        """Addresses and ports of a group's targets, those that still drain among them."""
        self.look()
        return [(each.address, each.port) for each in self._known.get(group, {}).values()]

    def look(self) -> None:
        """Follows what was registered and deregistered, and takes up checks where they would find something new."""
        groups = {group.arn: group for group in health.groups(self._world)}
        for gone in self._known.keys() - groups.keys():
            for found in self._known.pop(gone).values():
                found.cancel()
        for arn, group in groups.items():
            self._follow(group, self._known.setdefault(arn, {}))

    def settle(self) -> None:
        """Every target is what it would have become long ago."""
        self.look()
        for group in health.groups(self._world):
            for found in self._known[group.arn].values():
                if found.health.state in ("initial", "healthy", "unhealthy"):
                    found.cancel()
                    found.health, _ = health.check(self._world, group, found.address, found.port)
                    if found.health is not health.HEALTHY:
                        self._again(group, found)

    def _follow(self, group: Any, known: dict[str, Checkup]) -> None:
        balancer = health.balancer_of(self._world, group)
        registered = {str(each["Id"]): int(each.get("Port") or group.port) for each in list(group.targets.values())}
        for address, port in registered.items():
            found = known.get(address)
            if found is None or found.health is health.DRAINING or found.port != port:
                self._register(group, balancer, known, address, port)
            else:
                self._keep_up(group, balancer, found)
        for address, found in list(known.items()):
            if address not in registered and found.health is not health.DRAINING:
                self._drain(group, known, found)

    def _register(self, group: Any, balancer: Any, known: dict[str, Checkup], address: str, port: int) -> None:
        if address in known:
            known[address].cancel()
        known[address] = found = Checkup(address, port, self._world.clock.now())
        unused = health.why_unused(self._world, balancer, address)
        if unused is not None:
            found.health = unused
        else:
            self._again(group, found)

    def _keep_up(self, group: Any, balancer: Any, found: Checkup) -> None:
        unused = health.why_unused(self._world, balancer, found.address)
        if unused is not None:
            found.cancel()
            found.health = unused
        elif found.health.state == "unused":
            found.health, found.since, found.good, found.bad = health.REGISTERING, self._world.clock.now(), 0, 0
            self._again(group, found)
        elif found.next is None and self._check(group, found)[0] is not health.HEALTHY:
            self._again(group, found)

    def _drain(self, group: Any, known: dict[str, Checkup], found: Checkup) -> None:
        found.cancel()
        delay = float(group.attributes["deregistration_delay.timeout_seconds"])
        if found.health.state == "unused" or delay <= 0:
            del known[found.address]
            return
        found.health = health.DRAINING
        found.next = self._world.agenda.after(delay, lambda: _forget(known, found))

    def _again(self, group: Any, found: Checkup) -> None:
        """The next check, in the rhythm that began with the registration."""
        interval = timedelta(seconds=float(group.health_check_interval_seconds))
        gone = (self._world.clock.now() - found.since) // interval
        found.next = self._world.agenda.at(found.since + interval * (gone + 1), lambda: self._due(group, found))

    def _due(self, group: Any, found: Checkup) -> None:
        found.next = None
        result, reply = self._check(group, found)
        self._tell(found, reply)
        if result is health.HEALTHY:
            found.good, found.bad = found.good + 1, 0
            if found.good >= int(group.healthy_threshold_count):
                found.health = health.HEALTHY
        else:
            found.good, found.bad = 0, found.bad + 1
            if found.health.state == "unhealthy" or found.bad >= int(group.unhealthy_threshold_count):
                found.health = result
        if not (found.health is health.HEALTHY and result is health.HEALTHY):
            self._again(group, found)

    def _check(self, group: Any, found: Checkup) -> tuple[Health, Reply]:
        return health.check(self._world, group, found.address, found.port)

    def _tell(self, found: Checkup, reply: Reply) -> None:
        task = health.task_at(self._world, found.address) if reply.error else None
        if task is not None:
            self._world.app_log.write(
                service_of(task), "error", reply.error, task=task.id, module="health", status=reply.status
            )


def _forget(known: dict[str, Checkup], found: Checkup) -> None:
    if known.get(found.address) is found:
        del known[found.address]
