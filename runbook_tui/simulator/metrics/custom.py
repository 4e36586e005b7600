"""Metrics that somebody put: a sample a minute, as CloudWatch keeps them at its standard resolution."""

from collections.abc import Iterator, Mapping, Sequence

from runbook_tui.simulator.metrics.published import Name
from runbook_tui.simulator.metrics.sample import Sample, merged


class Custom:
    def __init__(self) -> None:
        self._minutes: dict[Name, dict[int, Sample]] = {}
        self._units: dict[Name, str] = {}

    def put(self, name: Name, minute: int, sample: Sample, unit: str) -> None:
        minutes = self._minutes.setdefault(name, {})
        former = minutes.get(minute)
        minutes[minute] = sample if former is None else _one(former, sample)
        self._units[name] = unit

    def names(self) -> Mapping[Name, str]:
        """With their units."""
        return self._units

    def last(self, name: Name) -> int:
        """The newest minute that has a sample."""
        return max(self._minutes[name])

    def samples(self, name: Name, first: int, end: int) -> Iterator[tuple[int, Sample]]:
        minutes = self._minutes.get(name, {})
        for minute in sorted(each for each in minutes if first <= each < end):
            yield minute, minutes[minute]


def _one(*samples: Sample) -> Sample:
    together = merged(samples)
    assert together is not None
    return together


def values_sample(values: Sequence[float], counts: Sequence[float]) -> Sample:
    """``PutMetricData``'s Values and Counts."""
    pairs = sorted(zip(values, counts or [1.0] * len(values), strict=True))
    return Sample(
        sum(count for _, count in pairs),
        sum(value * count for value, count in pairs),
        pairs[0][0],
        pairs[-1][0],
        tuple(pairs),
    )
