"""An alarm, and when its datapoints make it ring."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

EXTRA_PERIODS = 2  # CloudWatch looks further back than the evaluation periods, for the case that data is missing


class State(StrEnum):
    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Datapoint(Struct, frozen=True, kw_only=True):
    """``value`` is None when the period has no data."""

    at: datetime
    value: float | None
    samples: float = 0.0


class Alarm(Struct, kw_only=True):
    """``settings`` are the members of the API, with their defaults. ``changed`` is when the state last changed.

    ``recent`` holds datapoints of periods that are over, by their first minute.
    """

    arn: str
    settings: Mapping[str, Any]
    composite: bool
    updated: datetime
    changed: datetime
    state: State = State.INSUFFICIENT_DATA
    reason: str = "Unchecked: Initial alarm creation"
    data: str = "{}"
    recent: dict[int, Datapoint] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.settings["AlarmName"])

    @property
    def periods(self) -> int:
        return int(self.settings["EvaluationPeriods"])

    @property
    def needed(self) -> int:
        """How many of the periods must breach."""
        return int(self.settings.get("DatapointsToAlarm") or self.periods)

    @property
    def missing(self) -> str:
        return str(self.settings.get("TreatMissingData") or "missing")


class Judgement(Struct, frozen=True, kw_only=True):
    """``used`` are the datapoints that decided, oldest first; ``filled`` is how many more were made up for them.

    ``state`` is None when the alarm stays as it is.
    """

    state: State | None
    used: tuple[Datapoint, ...]
    filled: int


def breaches(settings: Mapping[str, Any], value: float) -> bool:
    threshold = float(settings["Threshold"])
    match settings["ComparisonOperator"]:
        case "GreaterThanThreshold":
            return value > threshold
        case "GreaterThanOrEqualToThreshold":
            return value >= threshold
        case "LessThanThreshold":
            return value < threshold
        case _:
            return value <= threshold


def judge(alarm: Alarm, points: Sequence[Datapoint]) -> Judgement:
    """``points`` are the last periods, oldest first, those without data too: more of them than the alarm's periods.

    Real data is preferred, even when it is older; only what then still lacks is made up.
    """
    real = [each for each in points if each.value is not None][-alarm.periods :]
    filled = alarm.periods - len(real)
    return Judgement(state=_state(alarm, points, real, filled), used=tuple(real), filled=filled)


def _state(alarm: Alarm, points: Sequence[Datapoint], real: Sequence[Datapoint], filled: int) -> State | None:
    bad = [each for each in real if each.value is not None and breaches(alarm.settings, each.value)]
    if not filled or alarm.missing == "notBreaching":
        return State.ALARM if len(bad) >= alarm.needed else State.OK
    if alarm.missing == "breaching":
        return State.ALARM if len(bad) + filled >= alarm.needed else State.OK
    if len(bad) >= alarm.needed:
        return State.ALARM
    if len(bad) < len(real):
        return State.OK
    if alarm.missing == "ignore":
        return None
    if not real:
        return State.INSUFFICIENT_DATA
    # all that is known breaches: it rings when that began long enough ago
    age = len(points) - points.index(bad[0])
    return State.ALARM if age >= alarm.needed else None
