"""Series of any metric: computed where AWS publishes it, looked up where somebody put it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from runbook_tui.simulator.metrics.condition import Condition
from runbook_tui.simulator.metrics.load import minute_of, time_of
from runbook_tui.simulator.metrics.minute import Minute, minute
from runbook_tui.simulator.metrics.published import ADDED, Name, Published, published
from runbook_tui.simulator.metrics.sample import Sample, merged, statistic_of
from runbook_tui.simulator.world import World

# what CloudWatch keeps: minutes for 15 days, five minutes for 63, hours for 455
_KEPT = ((60, timedelta(days=15)), (300, timedelta(days=63)), (3600, timedelta(days=455)))
_HOUR = 60
_STRIDE = 5  # of periods of an hour and more, every fifth minute stands for five: 90 days take 0.3 s instead of 1.5
_SEEN = 30_000
_HOURS = 20_000

Sampled = tuple[datetime, Sample]
Valued = tuple[datetime, float]


def index(world: World) -> Mapping[Name, Published]:
    """All that AWS publishes of this world."""
    monitoring = world.monitoring
    services = monitoring.past.services()
    named = tuple((key, condition.naming) for key, condition in services.items())
    if monitoring.index[0] != named:
        zones = [f"{world.region}a", f"{world.region}b"]
        monitoring.index = named, published(services, zones)
    return monitoring.index[1]


def samples(world: World, name: Name, start: datetime, end: datetime, period: int) -> list[Sampled]:
    """One for each period (seconds, a multiple of 60) that has data, counted from ``start``. Only minutes that are
    over, and only as old as CloudWatch keeps them."""
    now = world.clock.now()
    first, last, step = minute_of(start), min(_ceiling(end), minute_of(now)), period // 60
    oldest = minute_of(now - max((kept for least, kept in _KEPT if period >= least), default=_KEPT[0][1]))
    if first < oldest:
        first += (oldest - first + step - 1) // step * step
    found = []
    for begin in range(first, last, step):
        sample = _period(world, name, begin, min(begin + step, last))
        if sample is not None:
            found.append((time_of(begin), sample))
    return found


def values(world: World, name: Name, start: datetime, end: datetime, period: int, statistic: str) -> list[Valued]:
    return [(at, statistic_of(sample, statistic)) for at, sample in samples(world, name, start, end, period)]


def _ceiling(at: datetime) -> int:
    whole = minute_of(at)
    return whole if time_of(whole) == at else whole + 1


def _period(world: World, name: Name, first: int, end: int) -> Sample | None:
    """What is published under a name of AWS is AWS's, and what was put beside it counts too."""
    known = index(world).get(name)
    computed = [] if known is None else [_of_service(world, known, key, first, end) for key in known.services]
    found = [each for each in computed if each is not None]
    if len(found) > 1 and name.metric in ADDED:
        found = [_added(found)]
    put = [sample for _, sample in world.monitoring.custom.samples(name, first, end)]
    return merged((*found, *put))


def _added(found: list[Sample]) -> Sample:
    """Of gauges that are one quantity together: as many samples as one of them has."""
    count = max(each.count for each in found)
    return Sample(
        count, sum(each.total for each in found), sum(each.low for each in found), sum(each.high for each in found)
    )


def _of_service(world: World, known: Published, key: str, first: int, end: int) -> Sample | None:
    """Hours that are over stay as they were, so each is computed once: a review of 92 days asks for two thousand."""
    if end - first < _HOUR:
        return _computed(world, known, key, first, end)
    hours, place = world.monitoring.hours, (known.compute, key, first, end, world.load.version)
    if place not in hours:
        if len(hours) > _HOURS:
            hours.clear()
        hours[place] = _computed(world, known, key, first, end)
    return hours[place]


def _computed(world: World, known: Published, key: str, first: int, end: int) -> Sample | None:
    parts = []
    for moment, weight in _moments(world, key, first, end):
        sample = known.compute(moment)
        if sample is not None:
            parts.append(sample if weight == 1 else _times(sample, weight))
    return merged(parts)


def _times(sample: Sample, weight: int) -> Sample:
    points = tuple((value, share * weight) for value, share in sample.points)
    return Sample(sample.count * weight, sample.total * weight, sample.low, sample.high, points)


def _moments(world: World, key: str, first: int, end: int) -> Iterator[tuple[Minute, int]]:
    """The minutes to look at, and how many each stands for."""
    stride = _STRIDE if end - first >= _HOUR else 1
    for begin, stop, condition in world.monitoring.past.stretches(key, first, end):
        for number in range(begin, stop, stride):
            weight = min(stride, stop - number)
            if weight == 1:
                yield _minute(world, key, number, condition), 1
            else:
                asked = sum(world.load.requests(condition.environment, each) for each in range(number, number + weight))
                yield minute(condition, asked / weight, world.seed, number), weight


def _minute(world: World, key: str, number: int, condition: Condition) -> Minute:
    seen, place = world.monitoring.seen, (key, number, world.load.version)
    found = seen.get(place)
    if found is None:
        if len(seen) > _SEEN:
            seen.clear()
        asked = world.load.requests(condition.environment, number)
        found = seen[place] = minute(condition, asked, world.seed, number)
    return found
