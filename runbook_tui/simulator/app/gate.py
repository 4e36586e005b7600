"""The way from the tasks to their database: open, refused or swallowed; by the world's own rules or by a fault."""

import ipaddress
from collections.abc import Callable, Collection, Iterable
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.names import SITE

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

DATABASE_PORT = 27017
_Place = tuple[str, tuple[str, ...]]  # a subnet and the groups of an interface in it


class Mode(Enum):
    """What a new connection meets: the database, a reset, or silence."""

    PASS = "pass"  # noqa: S105 - no password
    REFUSE = "refuse"
    BLACKHOLE = "blackhole"


class Way(Struct, frozen=True):
    """``mode`` is for new connections; ``cut`` is whether established ones suffer too."""

    mode: Mode
    cut: bool = False

    def joined(self, other: "Way") -> "Way":
        """Both at once: silence is stronger than a reset."""
        if OPEN in (self, other):
            return other if self == OPEN else self
        modes = {self.mode, other.mode}
        worst = next(each for each in (Mode.BLACKHOLE, Mode.REFUSE, Mode.PASS) if each in modes)
        return Way(worst, self.cut or other.cut)


OPEN = Way(Mode.PASS)
_FILTERED = Way(Mode.BLACKHOLE)  # a security group: established connections live on
_FENCED = Way(Mode.BLACKHOLE, cut=True)  # a network ACL: it looks at every packet


class _Blockage(Struct, frozen=True):
    way: Way
    tasks: frozenset[str] | None

    def covers(self, task: str) -> bool:
        return self.tasks is None or task in self.tasks


class Gate:
    """Only for who holds the world's lock."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._by_hand = OPEN
        self._blockages: list[_Blockage] = []

    def set(self, mode: Mode | str, *, cut: bool = False) -> None:
        """For every task, until it is set to ``pass``. Raises ValueError for a mode that does not exist."""
        self._by_hand = Way(Mode(mode), cut)
        self._world.changed()

    def block(self, mode: Mode | str, *, cut: bool, tasks: Collection[str] | None = None) -> Callable[[], None]:
        """The same for the tasks of these ids alone; several at once add up. What it returns lifts it."""
        blockage = _Blockage(Way(Mode(mode), cut), None if tasks is None else frozenset(tasks))
        self._blockages.append(blockage)
        self._world.changed()

        def lift() -> None:
            if blockage in self._blockages:
                self._blockages.remove(blockage)
                self._world.changed()

        return lift

    def way_of(self, task: Any) -> Way:
        """For a task that has a network interface."""
        return self.ways_of([task])[task.id]

    def ways_of(self, tasks: Iterable[Any]) -> dict[str, Way]:
        """By task id. Tasks of the same subnet and groups have the same way by the rules: it is found once."""
        from runbook_tui.simulator import fleet

        interfaces = {each.private_ip_address: each for each in list(self._world.backend("ec2").enis.values())}
        found: dict[_Place, Way] = {}
        ways: dict[str, Way] = {}
        for task in tasks:
            way = self._by_hand
            interface = interfaces.get(fleet.address_of(task))
            if interface is not None:
                place = (interface.subnet.id, tuple(group.id for group in interface.group_set))
                if place not in found:
                    found[place] = self._by_rules(interface)
                way = way.joined(found[place])
            for blockage in self._blockages:
                if blockage.covers(task.id):
                    way = way.joined(blockage.way)
            ways[task.id] = way
        return ways

    def _by_rules(self, interface: Any) -> Way:
        from runbook_tui.simulator import acls, reach, routes

        address = database_address()
        way = OPEN
        if not reach.leaves(interface, address, DATABASE_PORT):
            way = way.joined(_FILTERED)
        fenced = not acls.lets_out(self._world, interface.subnet.id, address, DATABASE_PORT)
        if fenced or not routes.leads(self._world, interface.subnet.id, f"{address}/32"):
            way = way.joined(_FENCED)
        return way


@cache
def database_address() -> str:
    """Of the database's primary, inside the range that the guide opens."""
    return str(ipaddress.ip_network(SITE.db.atlas.cidr).network_address + 10)
