"""A service's load by the hour. Gaps are kept as gaps, so that a rule, a chart and a replay see the same past."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from msgspec import Struct

HOUR: Final = timedelta(hours=1)
DAY: Final = 24  # hours
WEEK: Final = 7 * DAY


class Measure(StrEnum):
    """Per cent of what the tasks reserve; numbers of tasks; requests an hour of each target; seconds; answers 5xx."""

    CPU = "cpu"
    CPU_P95 = "cpu_p95"
    CPU_MAX = "cpu_max"
    MEMORY = "memory"
    MEMORY_P95 = "memory_p95"
    MEMORY_MAX = "memory_max"
    TASKS = "tasks"
    TASKS_MAX = "tasks_max"
    REQUESTS = "requests"
    LATENCY_P95 = "latency_p95"
    ERRORS = "errors"


# Without one of these in an hour nobody knows how the hour was; no requests and no errors are news, too.
TELLING: Final = (Measure.CPU_P95, Measure.MEMORY_MAX, Measure.TASKS_MAX)


class Gap(Struct, frozen=True, kw_only=True):
    """Hours without data, from ``start`` on."""

    start: datetime
    hours: int


class Load(Struct, frozen=True, kw_only=True):
    """``start`` is a full hour; every measure has one value an hour from then on, None where CloudWatch has none."""

    start: datetime
    values: Mapping[Measure, tuple[float | None, ...]]

    @classmethod
    def of(cls, points: Mapping[Measure, Mapping[datetime, float]], start: datetime, hours: int) -> Self:
        """From what CloudWatch answered, by the beginning of each hour."""
        times = [start + number * HOUR for number in range(hours)]
        return cls(start=start, values={name: tuple(map(found.get, times)) for name, found in points.items()})

    @property
    def hours(self) -> int:
        return max(map(len, self.values.values()), default=0)

    @property
    def lived(self) -> "Load":
        """From the first hour on of which anything is known: a service may be younger than the period."""
        first = next((place for place in range(self.hours) if any(self._known(place))), self.hours)
        return Load(
            start=self.start + first * HOUR, values={name: values[first:] for name, values in self.values.items()}
        )

    @property
    def days(self) -> float:
        return self.hours / DAY

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Hours in which one of ``TELLING`` is missing, neighbours together."""
        found: list[Gap] = []
        for place in range(self.hours):
            if all(self._known(place)):
                continue
            last = found[-1] if found else None
            if last is not None and self.start + place * HOUR == last.start + last.hours * HOUR:
                found[-1] = Gap(start=last.start, hours=last.hours + 1)
            else:
                found.append(Gap(start=self.start + place * HOUR, hours=1))
        return tuple(found)

    def of_hours(self, *measures: Measure) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Places of the hours in which all of them are known, and their values."""
        for place in range(self.hours):
            values = tuple(value for name in measures if (value := self.at(name, place)) is not None)
            if len(values) == len(measures):
                yield place, values

    def at(self, measure: Measure, place: int) -> float | None:
        values = self.values.get(measure, ())
        return values[place] if place < len(values) else None

    def known(self, measure: Measure) -> list[float]:
        return [value for value in self.values.get(measure, ()) if value is not None]

    def days_of(self, measure: Measure) -> Iterator[tuple[datetime, Sequence[float]]]:
        """Its known values, 24 hours together, counted from the start; without days that have none."""
        values = self.values.get(measure, ())
        for first in range(0, len(values), DAY):
            there = [value for value in values[first : first + DAY] if value is not None]
            if there:
                yield self.start + first * HOUR, there

    def _known(self, place: int) -> Iterator[bool]:
        for name in TELLING:
            yield self.at(name, place) is not None
