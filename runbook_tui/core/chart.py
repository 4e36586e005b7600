"""A chart as data: what a terminal, a page and a ticket each draw in their own way. Pure.

It travels in the evidence of a verdict, under ``charts``: so it is in the journal, and the report needs nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct, ValidationError, convert, to_builtins

CHARTS: Final = "charts"
_MOST: Final = 12  # charts of one verdict; more than that nobody looks at

Values = tuple[float | None, ...]


class Line(Struct, frozen=True, kw_only=True):
    """One value a step of time; None where there is none: a gap is drawn as a gap."""

    name: str
    values: Values


class Limit(Struct, frozen=True, kw_only=True):
    """A level that means something: a threshold, the most that is allowed."""

    name: str
    value: float


class Mark(Struct, frozen=True, kw_only=True):
    """A moment that means something."""

    at: datetime
    name: str


class Chart(Struct, frozen=True, kw_only=True):
    """``start`` is the time of the first value, ``step`` the seconds between two. All lines are of one unit."""

    title: str
    unit: str
    start: datetime
    step: float
    lines: tuple[Line, ...]
    limits: tuple[Limit, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def length(self) -> int:
        """Values of the longest line."""
        return max((len(line.values) for line in self.lines), default=0)

    @property
    def end(self) -> datetime:
        """When the last value's step is over."""
        return self.start + timedelta(seconds=self.step * self.length)

    @property
    def top(self) -> float:
        """What the axis reaches to: a round number that no value is above, and every limit well below."""
        values = [value for line in self.lines for value in line.values if value is not None]
        return round_up(max([*values, *(1.1 * limit.value for limit in self.limits), 0.0]))

    @property
    def missing(self) -> int:
        """Steps at which some line has no value."""
        return sum(any(at_place(line.values, place) is None for line in self.lines) for place in range(self.length))


def told(*charts: Chart) -> dict[str, Any]:
    """Evidence that holds these charts."""
    return {CHARTS: to_builtins(charts)}


def charts_of(evidence: Mapping[str, Any]) -> tuple[Chart, ...]:
    """The charts of a verdict's evidence. What is none is left out: a journal may be anybody's."""
    held = evidence.get(CHARTS)
    return tuple(found for one in held[:_MOST] if (found := _read(one))) if isinstance(held, list | tuple) else ()


def without_charts(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What is left to be read once the charts are drawn."""
    return {name: value for name, value in evidence.items() if name != CHARTS or not charts_of(evidence)}


def resampled(values: Sequence[float | None], number: int, how: Callable[[Sequence[float]], float]) -> Values:
    """``number`` values in place of these, each what ``how`` makes of its share; as they are when there are fewer."""
    if len(values) <= number:
        return tuple(values)
    bounds = [place * len(values) // number for place in range(number + 1)]
    shares = [[value for value in values[first:end] if value is not None] for first, end in pairwise(bounds)]
    return tuple(how(share) if share else None for share in shares)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def at_place(values: Values, place: int) -> float | None:
    return values[place] if place < len(values) else None


def round_up(value: float) -> float:
    """The next 1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 of the value's magnitude; 1 for nothing."""
    if not 0 < value < float("inf"):
        return 1.0
    magnitude = 10.0 ** (len(f"{value:.0f}") - 1) if value >= 1 else 10.0 ** -_zeros(value)
    return next(step * magnitude for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 20) if step * magnitude >= value)


def number(value: float) -> str:
    """Short enough for an axis: ``0.25``, ``12``, ``145k``."""
    if value >= 1e6:
        return f"{value / 1e6:.3g}M"
    return f"{value / 1e3:.3g}k" if value >= 10_000 else f"{value:.4g}"


def clock(chart: Chart, at: datetime) -> str:
    """A time as exact as the chart is long, in UTC."""
    span, utc = chart.end - chart.start, at.astimezone(UTC)
    if span > timedelta(days=3):
        return f"{utc:%Y-%m-%d}"
    return f"{utc:%m-%d %H:%M}" if span > timedelta(hours=6) else f"{utc:%H:%M:%S}"


def _zeros(value: float) -> int:
    """How often a fraction is multiplied by ten until it is a whole number."""
    times = 1
    while value * 10**times < 1 and times < 12:
        times += 1
    return times


def _read(raw: Any) -> Chart | None:
    try:
        found = convert(raw, Chart)
    except ValidationError:
        return None
    return found if found.length and found.step > 0 else None
