"""What CloudWatch keeps of the values of a while, and what it computes from them."""

import math
import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

PLAIN = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)$")
_TRIMMED = re.compile(r"(TM|TC|TS|WM)\((\d*(?:\.\d+)?%?):(\d*(?:\.\d+)?%?)\)$")
_SHORT = re.compile(r"(tm|tc|ts|wm)(\d{1,2}(?:\.\d{1,10})?)$")
_RANK = re.compile(r"PR\((\d*(?:\.\d+)?):(\d*(?:\.\d+)?)\)$")

Point = tuple[float, float]  # a value, and how many samples have it


class Sample(Struct, frozen=True):
    """``points`` are in ascending order of value; empty where all that is known is the other four."""

    count: float
    total: float
    low: float
    high: float
    points: tuple[Point, ...] = ()


def single(value: float, count: float = 1.0) -> Sample:
    """``count`` samples of one value."""
    return Sample(count, value * count, value, value)


def counted(number: float) -> Sample | None:
    """Metrics that count requests have a sample of 1 for each, and none at all when there were none."""
    return Sample(number, number, 1.0, 1.0) if number > 0 else None


def of_values(values: Sequence[float]) -> Sample:
    ordered = sorted(values)
    points = tuple((value, 1.0) for value in ordered)
    return Sample(len(ordered), math.fsum(ordered), ordered[0], ordered[-1], points)


def merged(samples: Iterable[Sample]) -> Sample | None:
    found = list(samples)
    if len(found) <= 1:
        return found[0] if found else None
    return Sample(
        sum(each.count for each in found),
        math.fsum(each.total for each in found),
        min(each.low for each in found),
        max(each.high for each in found),
        tuple(sorted(point for each in found for point in _points(each))),
    )


def _points(sample: Sample) -> tuple[Point, ...]:
    if sample.points:
        return sample.points
    if sample.low == sample.high:
        return ((sample.low, sample.count),)
    return ((sample.low, sample.count / 2), (sample.high, sample.count / 2))


def known(statistic: str) -> bool:
    return (
        statistic in PLAIN
        or statistic == "IQM"
        or any(pattern.match(statistic) for pattern in (_PERCENTILE, _TRIMMED, _SHORT, _RANK))
    )


def extended(statistic: str) -> bool:
    return statistic not in PLAIN


def statistic_of(sample: Sample, statistic: str) -> float:
    """``statistic`` is one that is ``known``."""
    match statistic:
        case "SampleCount":
            return sample.count
        case "Sum":
            return sample.total
        case "Average":
            return sample.total / sample.count
        case "Minimum":
            return sample.low
        case "Maximum":
            return sample.high
        case _:
            return _extended(sample, statistic)


def _extended(sample: Sample, statistic: str) -> float:
    if found := _PERCENTILE.match(statistic):
        return percentile(sample, float(found[1]))
    if found := _RANK.match(statistic):
        return _rank(sample, _number(found[1], -math.inf), _number(found[2], math.inf))
    if statistic == "IQM":
        return _trimmed(sample, "TM", *_shares(sample, "25%", "75%"))
    if found := _SHORT.match(statistic):
        return _trimmed(sample, found[1].upper(), *_shares(sample, "", f"{found[2]}%"))
    found = _TRIMMED.match(statistic)
    assert found is not None, statistic
    return _trimmed(sample, found[1], *_shares(sample, found[2], found[3]))


def percentile(sample: Sample, rank: float) -> float:
    """The value below which ``rank`` percent of the samples lie, between neighbours in a straight line."""
    points = _points(sample)
    weight = sum(share for _, share in points)
    wanted, passed = weight * rank / 100, 0.0
    before_value, before_middle = sample.low, 0.0
    for value, share in points:
        middle = passed + share / 2
        if middle >= wanted:
            reach = middle - before_middle
            between = before_value + (value - before_value) * ((wanted - before_middle) / reach if reach else 1.0)
            return min(between, value)  # rounding may lead past the neighbour
        passed, before_value, before_middle = passed + share, value, middle
    return sample.high


def _number(text: str, default: float) -> float:
    return float(text) if text else default


def _shares(sample: Sample, low: str, high: str) -> tuple[float, float]:
    """The bounds as values: written as a percentage they mean a percentile."""
    return (
        percentile(sample, float(low[:-1])) if low.endswith("%") else _number(low, -math.inf),
        percentile(sample, float(high[:-1])) if high.endswith("%") else _number(high, math.inf),
    )


def _rank(sample: Sample, low: float, high: float) -> float:
    points = _points(sample)
    inside = sum(share for value, share in points if low < value <= high)
    return 100 * inside / sum(share for _, share in points)


def _trimmed(sample: Sample, kind: str, low: float, high: float) -> float:
    points = _points(sample)
    inside = [(value, share) for value, share in points if low <= value <= high] or [points[len(points) // 2]]
    count, total = sum(share for _, share in inside), math.fsum(value * share for value, share in inside)
    match kind:
        case "TC":
            return count
        case "TS":
            return total
        case "WM":
            return math.fsum(min(max(value, low), high) * share for value, share in points) / sum(
                share for _, share in points
            )
        case _:
            return total / count
