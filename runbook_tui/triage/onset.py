"""Since when a series is worse than it was: the change-point of its noise, by binary segmentation. Pure.

No threshold of the metric's own decides: a change counts when it is many times what the series does anyway.
``least`` only keeps apart what nobody would call worse.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from math import log, sqrt
from statistics import fmean, median
from typing import Final

from msgspec import Struct

SHORTEST: Final = 2  # points: what lasts a single minute is a spike
_STRENGTH: Final = 2.0  # times what the best split of n points of mere noise reaches: sqrt(2 ln n)
_GAUSSIAN: Final = 1.4826  # standard deviation of Gaussian noise over its median absolute deviation
_NOISE_SHARE: Final = 5.0  # noise is taken to be at least a fifth of ``least``: counts of 0 and 1 have no deviation


class Shift(Struct, frozen=True, kw_only=True):
    """``at`` is the first point of the worse state, ``ended`` the first after it; None while it lasts."""

    series: str
    at: datetime
    before: float
    after: float
    ended: datetime | None = None


def shift(name: str, points: Mapping[datetime, float], *, least: float, falls: bool = False) -> Shift | None:
    """The newest worse state. ``falls``: lower is worse. None where nothing changed, or for the better alone."""
    times = sorted(points)
    raw = [-points[at] if falls else points[at] for at in times]
    values = _without_spikes(raw)
    parts = _segments(values, noise(raw, least))
    levels = [fmean(values[first:end]) for first, end in parts]
    if len(parts) < 2:
        return None
    good = min(levels[:-1])
    bad = [level - good >= least for level in levels]
    run = _newest_run(bad)
    if run is None or run[0] == 0:
        return None
    first, last = run
    after = fmean(values[parts[first][0] : parts[last][1]])
    sign = -1.0 if falls else 1.0
    end = parts[last][1]
    return Shift(
        series=name,
        at=times[parts[first][0]],
        before=sign * levels[first - 1],
        after=sign * after,
        ended=times[end] if end < len(times) else None,
    )


def noise(values: Sequence[float], least: float) -> float:
    """Standard deviation of what the series does from point to point; steps and drifts hardly count."""
    steps = [two - one for one, two in pairwise(values)]
    if not steps:
        return least
    middle = median(steps)
    deviation = _GAUSSIAN * median(abs(step - middle) for step in steps) / sqrt(2)
    return max(deviation, least / _NOISE_SHARE)


def _without_spikes(values: Sequence[float]) -> list[float]:
    """Each point as the median of itself and its neighbours: what lasts two points keeps its edges, one alone goes.
    The ends count their only neighbour twice."""
    if not values:
        return []
    wide = [values[min(1, len(values) - 1)], *values, values[max(len(values) - 2, 0)]]
    return [median(wide[place : place + 3]) for place in range(len(values))]


def _segments(values: Sequence[float], usual: float) -> list[tuple[int, int]]:
    """Where the level stays: half-open, in order, together everything."""
    if not values:
        return []
    needed = _STRENGTH * sqrt(2 * log(max(len(values), 2))) * usual
    cuts = sorted({0, len(values), *_cuts(values, 0, len(values), needed)})
    return list(pairwise(cuts))


def _cuts(values: Sequence[float], first: int, end: int, needed: float) -> list[int]:
    best = max(
        range(first + SHORTEST, end - SHORTEST + 1),
        key=lambda cut: _contrast(values, first, cut, end),
        default=None,
    )
    if best is None or _contrast(values, first, best, end) < needed:
        return []
    return [*_cuts(values, first, best, needed), best, *_cuts(values, best, end, needed)]


def _contrast(values: Sequence[float], first: int, cut: int, end: int) -> float:
    left, right = cut - first, end - cut
    return abs(fmean(values[first:cut]) - fmean(values[cut:end])) * sqrt(left * right / (left + right))


def _newest_run(bad: Sequence[bool]) -> tuple[int, int] | None:
    last = next((place for place in reversed(range(len(bad))) if bad[place]), None)
    if last is None:
        return None
    first = last
    while first > 0 and bad[first - 1]:
        first -= 1
    return first, last
