"""CloudWatch alarms: what each watches, when it rings, whom it tells. Members as ``cloudwatch`` describes them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Self

from msgspec import field

from runbook_tui.aws.facts.alarm_rule import names_in, rings_with
from runbook_tui.aws.facts.border import Fact, parse
from runbook_tui.aws.facts.metric_math import depends_on
from runbook_tui.aws.facts.moment import Moment

_BANDS: Final = frozenset({"GreaterThanUpperThreshold", "LessThanLowerOrGreaterThanUpperThreshold"})
_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


class Dimension(Fact, frozen=True, kw_only=True):
    name: str
    value: str


class Metric(Fact, frozen=True, kw_only=True):
    namespace: str = ""
    metric_name: str = ""
    dimensions: tuple[Dimension, ...] = ()

    @property
    def where(self) -> dict[str, str]:
        """Dimensions by name: their order means nothing, each one more or less is another metric."""
        return {one.name: one.value for one in self.dimensions}


class MetricStat(Fact, frozen=True, kw_only=True):
    metric: Metric
    period: int = 0
    stat: str = ""


class MetricQuery(Fact, frozen=True, kw_only=True):
    """One of the metrics and expressions of an alarm on metric math: it has ``metric_stat`` or ``expression``."""

    id: str
    metric_stat: MetricStat | None = None
    expression: str = ""
    return_data: bool = True


class Alarm(Fact, frozen=True, kw_only=True):
    """What metric and composite alarms have in common. ``state_value``: OK, ALARM or INSUFFICIENT_DATA."""

    alarm_name: str
    state_value: str
    actions_enabled: bool
    alarm_actions: tuple[str, ...] = ()
    ok_actions: tuple[str, ...] = field(default=(), name="OKActions")
    state_reason: str = ""
    state_updated_timestamp: Moment | None = None
    state_transitioned_timestamp: Moment | None = None

    @property
    def since(self) -> datetime | None:
        """When it came into its state; the update's time moves with each new reason as well."""
        return self.state_transitioned_timestamp or self.state_updated_timestamp

    @property
    def only_scales(self) -> bool:
        """It is autoscaling's own: it tells nobody, and its ALARM may be a quiet service's ordinary state."""
        told = [*self.alarm_actions, *self.ok_actions]
        scales = bool(told) and all(":scalingPolicy:" in one for one in told)
        return scales or self.alarm_name.startswith("TargetTracking-")


class MetricAlarm(Alarm, frozen=True, kw_only=True):
    """``period`` is in seconds and 0 with metric math, where ``metrics`` say what is watched."""

    namespace: str = ""
    metric_name: str = ""
    dimensions: tuple[Dimension, ...] = ()
    statistic: str = ""
    extended_statistic: str = ""
    period: int = 0
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None
    threshold: float | None = None
    comparison_operator: str = ""
    treat_missing_data: str = "missing"
    metrics: tuple[MetricQuery, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def expression(self) -> str:
        """What metric math it compares; empty when it compares a metric itself."""
        return self._returned.expression if self._returned else ""

    @property
    def _returned(self) -> MetricQuery | None:
        return next((one for one in self.metrics if one.return_data), None)

    @property
    def watched(self) -> tuple[MetricStat, ...]:
        """The metrics that its value is made of, each with its statistic and period."""
        returned = self._returned
        if returned is None:
            metric = Metric(namespace=self.namespace, metric_name=self.metric_name, dimensions=self.dimensions)
            stat = self.statistic or self.extended_statistic
            return (MetricStat(metric=metric, period=self.period, stat=stat),) if self.metric_name else ()
        named = depends_on(returned.id, {one.id: one.expression for one in self.metrics})
        return tuple(one.metric_stat for one in self.metrics if one.metric_stat and one.id in named)

    @property
    def rings_upward(self) -> bool:
        """It rings when its value is high."""
        return self.comparison_operator.startswith("GreaterThan") or self.comparison_operator in _BANDS

    @property
    def rings_downward(self) -> bool:
        return self.comparison_operator.startswith("LessThan")

    def breaches(self, value: float) -> bool:
        """Whether this value counts towards ALARM; an anomaly band's threshold moves, so it never surely does."""
        compared = _COMPARED.get(self.comparison_operator)
        return compared is not None and self.threshold is not None and compared(value, self.threshold)

    @property
    def datapoints(self) -> int:
        """How many breaching periods make it ring."""
        return self.datapoints_to_alarm or self.evaluation_periods

    @property
    def seconds(self) -> int:
        """From the beginning of trouble to ALARM."""
        return self.datapoints * max((one.period for one in self.watched), default=0)


class CompositeAlarm(Alarm, frozen=True, kw_only=True):
    """``names`` are the alarms that its rule speaks of, ``rings_with`` those of them whose ALARM it wants."""

    names: frozenset[str]
    rings_with: frozenset[str]

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(with_names(raw), cls)


def with_names(raw: Any) -> Any:
    """A composite alarm as the API describes it, its rule read: with 10,240 characters it may be longer than any text
    that passes the border."""
    rule = raw.get("AlarmRule") if isinstance(raw, Mapping) else None
    if not isinstance(rule, str):
        return raw
    return {**raw, "Names": sorted(names_in(rule)), "RingsWith": sorted(rings_with(rule)), "AlarmRule": ""}


class HistoryItem(Fact, frozen=True, kw_only=True):
    """``history_summary``: ``Alarm updated from OK to ALARM``."""

    alarm_name: str
    timestamp: Moment
    history_summary: str = ""
