"""The bill day by day: what stood before this world began, and what stands now. The same seed makes the same bill."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.cost.lines import Line, lines
from runbook_tui.simulator.metrics.noise import noise, stream
from runbook_tui.simulator.world import World

DAYS_KEPT = 396  # Cost Explorer shows the last thirteen months
LAG = timedelta(hours=12)  # AWS brings the bill up to date a few times a day, up to a day late
_EVENING_EVERY = 5  # days: as the trail tells of autoscaling


class Item(Struct, frozen=True, kw_only=True):
    """What one line costs on one day; ``amount`` in the unit of its price."""

    day: date
    line: Line
    amount: float

    @property
    def usd(self) -> float:
        return self.amount * self.line.price.usd


class Ledger:
    """``before`` are the lines of the time before the world began; None where nobody has enabled Cost Explorer.

    ``swollen`` are factors by usage type and the day from which on they hold. ``anomalies`` as the API tells them.
    ``tags`` are the cost allocation tags with their status.
    """

    def __init__(self) -> None:
        self.before: tuple[Line, ...] | None = None
        self.began = date.min
        self.swollen: dict[str, tuple[date, float]] = {}
        self.anomalies: list[dict[str, Any]] = []
        self.monitors: list[dict[str, Any]] = []
        self.tags: dict[str, dict[str, str]] = {}

    def open(self, world: World) -> None:
        """From here on the past is written."""
        self.before, self.began = lines(world), world.clock.now().date()


def items(world: World, start: date, end: date) -> Iterator[Item]:
    """Every line of every day from ``start`` up to, not including, ``end``; what the bill does not show yet is not."""
    ledger, now = world.store(Ledger), world.clock.now()
    assert ledger.before is not None, "who asks has looked"
    first = max(start, now.date() - timedelta(days=DAYS_KEPT))
    present: tuple[Line, ...] | None = None
    for number in range(max(0, (end - first).days)):
        day = first + timedelta(days=number)
        share = shown(day, now)
        if share <= 0:
            return
        if day > ledger.began and present is None:
            present = lines(world)
        for line in ledger.before if present is None or day <= ledger.began else present:
            yield Item(day=day, line=line, amount=share * _amount(world, ledger, line, day))


def shown(day: date, now: datetime) -> float:
    """How much of a day the bill shows at this moment, from 0 to 1."""
    passed = now - LAG - datetime.combine(day, time(), UTC)
    return min(1.0, max(0.0, passed / timedelta(days=1)))


def whole_day(world: World) -> Callable[[Line, date], float]:
    """What a line will cost on a whole day, as a forecast reckons: its mean."""
    ledger = world.store(Ledger)
    return lambda line, day: (line.amount + line.evening / _EVENING_EVERY) * line.price.usd * _factor(ledger, line, day)


def _amount(world: World, ledger: Ledger, line: Line, day: date) -> float:
    chance = noise(stream(world.seed, line.name), day.toordinal())
    amount = line.amount * (1 + line.sway * (2 * chance - 1))
    if (ledger.began - day).days % _EVENING_EVERY == 1:
        amount += line.evening
    return amount * _factor(ledger, line, day)


def _factor(ledger: Ledger, line: Line, day: date) -> float:
    since, factor = ledger.swollen.get(line.price.usage, (date.max, 1.0))
    return factor if day >= since else 1.0
