"""How many tasks a policy wants. Plain arithmetic of what it is told."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

_NO_CHANGE = 0.0


def step_count(configuration: Mapping[str, Any], current: int, beyond: float) -> int | None:
    """``beyond`` is the metric minus the alarm's threshold; steps' bounds are relative to that. None: no step."""
    step = _step(configuration.get("StepAdjustments") or (), beyond)
    if step is None:
        return None
    amount = int(step["ScalingAdjustment"])
    match configuration.get("AdjustmentType"):
        case "ExactCapacity":
            return amount
        case "PercentChangeInCapacity":
            return current + _percent(current, amount, int(configuration.get("MinAdjustmentMagnitude") or 0))
        case _:
            return current + amount


def _step(steps: Sequence[Mapping[str, Any]], beyond: float) -> Mapping[str, Any] | None:
    """Above the threshold a step's lower bound belongs to it, below the threshold its upper one."""
    for step in steps:
        low, high = step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound")
        least, most = -math.inf if low is None else float(low), math.inf if high is None else float(high)
        if (least <= beyond < most) if beyond >= _NO_CHANGE and most > 0 else (least < beyond <= most):
            return step
    return None


def _percent(current: int, percent: int, least: int) -> int:
    """Towards zero, but never to zero, and never less than the least magnitude."""
    change = current * percent / 100
    whole = math.trunc(change) or int(math.copysign(1, change))
    return int(math.copysign(max(abs(whole), least), change))


def tracking_count(current: int, value: float, target: float, *, high: bool) -> int:
    """So many that each would have its share of the target: never fewer when it is ``high``, else never more."""
    wanted = math.ceil(current * value / target) if target else current
    return max(current, wanted) if high else min(current, wanted)
