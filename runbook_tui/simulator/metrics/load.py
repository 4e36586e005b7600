"""How much is asked of each environment: a pure function of the time and the seed, and what is put on top on request.

Days have a low before dawn and a peak in the evening of India, weekends are quieter. Nothing is stored but the base of
each minute that was asked for: 90 days are there at once.
"""

import math
from array import array
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from runbook_tui.simulator.metrics.noise import noise, stream

MINUTE = timedelta(minutes=1)
_MINUTES_OF_A_DAY = 1440
_INDIA = 5 * 60 + 30  # minutes before UTC
_PEAK = 20 * 60  # o'clock in India
_LOW = 0.6  # of the peak: with two tasks the CPU stays between the thresholds of scaling
_WEEKEND = 0.96
_UNEVEN = 0.04  # how far a minute lies off the curve
# requests a second at the peak, for tasks of the guide's sizes
PEAKS: Mapping[str, float] = {"prod": 80.0, "staging": 40.0}
_OTHER_PEAK = 20.0


def minute_of(at: datetime) -> int:
    """Minutes since 1970."""
    return int(at.timestamp()) // 60


def time_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


class Spike(Struct, frozen=True, kw_only=True):
    """From minute ``first`` to before ``end``, ``factor`` times as much as usual."""

    environment: str
    factor: float
    first: int
    end: int

    def at(self, minute: int) -> float:
        return self.factor if self.first <= minute < self.end else 1.0


class Growth(Struct, frozen=True, kw_only=True):
    """From minute ``first`` on it grows, until after ``minutes`` it is ``factor`` times as much, and stays so."""

    environment: str
    factor: float
    first: int
    minutes: int

    def at(self, minute: int) -> float:
        passed = min(1.0, max(0.0, (minute - self.first) / max(1, self.minutes)))
        return 1.0 + (self.factor - 1.0) * passed


class Load:
    """``changes`` are the spikes and growths that are in force, each with an environment's name."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._days: dict[tuple[str, int], array[float]] = {}
        self.changes: list[Spike | Growth] = []
        self.version = 0  # of all that ``requests`` answers

    def spike(self, environment: str, factor: float, start: datetime, minutes: float) -> Spike:
        """Traffic is ``factor`` times as much for a while. ``cancel`` ends it."""
        first = minute_of(start)
        made = Spike(environment=environment, factor=factor, first=first, end=first + max(1, math.ceil(minutes)))
        self.changes.append(made)
        self.version += 1
        return made

    def growth(self, environment: str, factor: float, start: datetime, days: float) -> Growth:
        """Traffic grows to ``factor`` times as much within so many days and stays there."""
        made = Growth(environment=environment, factor=factor, first=minute_of(start), minutes=int(days * 1440))
        self.changes.append(made)
        self.version += 1
        return made

    def cancel(self, change: Spike | Growth, at: datetime) -> None:
        """It ends at ``at``. What was before stays as it was."""
        if change not in self.changes:
            return
        self.version += 1
        place = self.changes.index(change)
        now = minute_of(at) + 1
        if isinstance(change, Spike):
            self.changes[place] = Spike(
                environment=change.environment, factor=change.factor, first=change.first, end=min(change.end, now)
            )
            return
        self.changes.append(Growth(environment=change.environment, factor=1 / change.at(now), first=now, minutes=1))
        grown = max(1, min(change.minutes, now - change.first))
        self.changes[place] = Growth(
            environment=change.environment, factor=change.at(now), first=change.first, minutes=grown
        )

    def rate(self, environment: str, at: datetime) -> float:
        """Requests a second."""
        return self.requests(environment, minute_of(at)) / 60

    def requests(self, environment: str, minute: int) -> float:
        """How many are asked within one minute, numbered since 1970."""
        day, within = divmod(minute, _MINUTES_OF_A_DAY)
        found = self._days.get((environment, day))
        if found is None:
            found = self._days[environment, day] = self._day(environment, day)
        asked = found[within]
        for change in self.changes:
            if change.environment == environment:
                asked *= change.at(minute)
        return asked

    def _day(self, environment: str, day: int) -> "array[float]":
        seed, peak = stream(self._seed, environment), PEAKS.get(environment, _OTHER_PEAK) * 60
        first = day * _MINUTES_OF_A_DAY
        return array(
            "d",
            (
                peak * _level(minute) * (1 + _UNEVEN * (2 * noise(seed, minute) - 1))
                for minute in range(first, first + _MINUTES_OF_A_DAY)
            ),
        )


def _level(minute: int) -> float:
    local = minute + _INDIA
    day, within = divmod(local, _MINUTES_OF_A_DAY)
    wave = (1 + math.cos((within - _PEAK) / _MINUTES_OF_A_DAY * 2 * math.pi)) / 2
    weekday = (day + 3) % 7  # 1970 began on a Thursday
    return (_LOW + (1 - _LOW) * wave) * (_WEEKEND if weekday >= 5 else 1.0)
