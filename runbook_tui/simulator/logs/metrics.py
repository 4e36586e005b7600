"""Metric filters: what log lines say in numbers goes to CloudWatch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runbook_tui.simulator.logs.compare import number
from runbook_tui.simulator.logs.patterns import Pattern, compile_pattern

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

Line = tuple[int, str]
_AT_ONCE = 150


def feed(world: "World", group: str, lines: Sequence[Line]) -> None:
    """``lines`` are milliseconds since 1970 and texts, just written to a group."""
    for each in filters_of(world, group):
        pattern = compile_pattern(each["filterPattern"])
        for transformation in each["metricTransformations"]:
            data = list(_data(pattern, transformation, lines))
            for start in range(0, len(data), _AT_ONCE):
                world.call(
                    "cloudwatch",
                    "PutMetricData",
                    Namespace=transformation["metricNamespace"],
                    MetricData=data[start : start + _AT_ONCE],
                )


def filters_of(world: "World", group: str) -> list[Mapping[str, Any]]:
    return [each for each in all_filters(world) if each["logGroupName"] == group]


def all_filters(world: "World") -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = world.backend("logs").filters.metric_filters
    return kept


def _data(pattern: Pattern, transformation: Mapping[str, Any], lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """A line that does not match counts with the default value, if there is one."""
    for at, text in lines:
        matched = pattern.match(text)
        value = _value(pattern, transformation, text) if matched is not None else transformation.get("defaultValue")
        if value is None:
            continue
        datum = {
            "MetricName": transformation["metricName"],
            "Timestamp": datetime.fromtimestamp(at / 1000, UTC),
            "Value": float(value),
            "Unit": transformation.get("unit") or "None",
        }
        if matched is not None and transformation.get("dimensions"):
            datum["Dimensions"] = _dimensions(pattern, transformation["dimensions"], text)
        yield datum


def _value(pattern: Pattern, transformation: Mapping[str, Any], text: str) -> float | None:
    said = str(transformation["metricValue"])
    found = pattern.value(text, said) if said.startswith("$") else said
    return number(found) if found is not None else None


def _dimensions(pattern: Pattern, dimensions: Mapping[str, str], text: str) -> list[dict[str, str]]:
    values = {name: pattern.value(text, selector) for name, selector in dimensions.items()}
    return [{"Name": name, "Value": value} for name, value in values.items() if value]
