"""What the service scheduler does next: a pure function of the tasks that it sees and of what the service wants.

It never lets more tasks run than ``maximumPercent`` allows, and never stops a healthy one when that would leave fewer
than ``minimumHealthyPercent``. Tasks that are being stopped are not seen: ECS does not count them either.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from runbook_tui.simulator.ecs.state import Health


class Seen(Struct, frozen=True, kw_only=True):
    """A task that shall run. ``order`` is lower for older ones."""

    task: str
    primary: bool
    health: Health
    zone: str
    order: int


class Wish(Struct, frozen=True, kw_only=True):
    """``goal`` is how many tasks the primary deployment shall run, ``desired`` what percentages are of.

    ``lost`` old tasks are missing of those that shall stay. ``starts`` is whether new ones may be started at all.
    """

    goal: int
    desired: int
    minimum_percent: int
    maximum_percent: int
    lost: int = 0
    starts: bool = True
    failed: bool = False

    @property
    def most(self) -> int:
        return max(self.desired * self.maximum_percent // 100, 0)

    @property
    def least(self) -> int:
        return -(-self.desired * self.minimum_percent // 100)


class Moves(Struct, frozen=True, kw_only=True):
    """``unhealthy`` are stopped for their health, ``surplus`` because they are not needed any more."""

    unhealthy: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    start: int = 0
    restart: int = 0
    stuck: bool = False


def next_moves(tasks: Sequence[Seen], wish: Wish) -> Moves:
    primary, old = [each for each in tasks if each.primary], [each for each in tasks if not each.primary]
    healthy = sum(each.health is Health.HEALTHY for each in tasks)
    unhealthy = _hopeless(primary, len(tasks), wish)
    sound = [each for each in primary if each.health is not Health.UNHEALTHY]
    surplus = _least_needed(sound, len(sound) - wish.goal, healthy - wish.least)
    spare = healthy - wish.least - sum(each.health is Health.HEALTHY for each in surplus)
    # a deployment that failed replaces nothing: old tasks go only when fewer are wanted at all
    replaceable = len(sound) - len(surplus) + len(old) - wish.goal if wish.failed else len(old)
    replaced = _least_needed(old, replaceable, spare)
    room = max(wish.most - len(tasks) + len(unhealthy) + len(surplus) + len(replaced), 0)
    restart = min(wish.lost, room) if wish.starts else 0
    need = max(wish.goal - len(sound), 0) if wish.starts and not wish.failed else 0
    start = min(need, room - restart)
    idle = not (unhealthy or surplus or replaced or start or restart)
    return Moves(
        unhealthy=tuple(each.task for each in unhealthy),
        surplus=tuple(each.task for each in (*surplus, *replaced)),
        start=start,
        restart=restart,
        stuck=idle and need > 0 and wish.most <= wish.least,
    )


def _hopeless(primary: Sequence[Seen], running: int, wish: Wish) -> list[Seen]:
    """Unhealthy tasks that go now: their replacements are healthy, or there is no room for replacements."""
    unhealthy = sorted((each for each in primary if each.health is Health.UNHEALTHY), key=lambda each: each.order)
    if wish.failed:
        return unhealthy
    healthy = sum(each.health is Health.HEALTHY for each in primary)
    missing = wish.goal - (len(primary) - len(unhealthy))
    replaced = healthy + len(unhealthy) - wish.goal
    crowded = missing - max(wish.most - running, 0)
    return unhealthy[: max(replaced, crowded, 0)]


def _least_needed(tasks: Sequence[Seen], count: int, spare: int) -> list[Seen]:
    """At most ``count`` tasks, at most ``spare`` healthy ones among them: those in crowded zones go first."""
    left, chosen = list(tasks), list[Seen]()
    while left and len(chosen) < count:
        zones = Counter(each.zone for each in left)
        free = [each for each in left if each.health is not Health.HEALTHY or spare > 0]
        if not free:
            break
        task = min(free, key=lambda each: (each.health is Health.HEALTHY, -zones[each.zone], each.order))
        spare -= task.health is Health.HEALTHY
        left.remove(task)
        chosen.append(task)
    return chosen
