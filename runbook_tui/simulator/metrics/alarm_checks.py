"""What CloudWatch refuses to make an alarm of, and what the simulator cannot watch."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.metrics.arithmetic import Line
from runbook_tui.simulator.metrics.queries import Queries, check_period, check_statistic
from runbook_tui.simulator.metrics.rules import parse
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.world import World

_DAY = 86_400
_COMPARED = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
_BANDS = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
_MISSING = ("breaching", "notBreaching", "ignore", "missing")


def check_metric_alarm(world: World, parameters: Mapping[str, Any]) -> None:
    """Raises Refused."""
    if parameters.get("ThresholdMetricId") or parameters.get("ComparisonOperator") in _BANDS:
        raise not_simulated("an alarm on an anomaly detection band")
    if parameters.get("ComparisonOperator") not in _COMPARED:
        raise _wrong(f"The parameter ComparisonOperator must be one of {', '.join(_COMPARED)}")
    if parameters.get("Threshold") is None:
        raise _wrong("The parameter Threshold is required")
    periods = int(parameters["EvaluationPeriods"])
    if int(parameters.get("DatapointsToAlarm") or periods) > periods:
        raise _wrong("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    if parameters.get("TreatMissingData") not in (None, *_MISSING):
        raise _wrong(
            f"Option {parameters['TreatMissingData']} is not supported. Supported options for parameter "
            "TreatMissingData are breaching, notBreaching, ignore, and missing"
        )
    _check_actions(parameters)
    if parameters.get("Metrics"):
        _check_expression(world, parameters["Metrics"])
    else:
        _check_metric(parameters, periods)


def _check_metric(parameters: Mapping[str, Any], periods: int) -> None:
    if not parameters.get("MetricName") or not parameters.get("Namespace"):
        raise _wrong("MetricName and Namespace are required when there are no Metrics")
    statistic, more = parameters.get("Statistic"), parameters.get("ExtendedStatistic")
    if bool(statistic) == bool(more):
        raise _wrong("Must specify either Statistic or ExtendedStatistic")
    check_statistic(str(statistic or more))
    if not parameters.get("Period"):
        raise _wrong("The parameter Period is required")
    if check_period(int(parameters["Period"])) * periods > _DAY:
        raise _wrong("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).")


def _check_expression(world: World, metrics: Sequence[Mapping[str, Any]]) -> None:
    """It is carried out once, so that what cannot be computed is told now."""
    watched = [each for each in metrics if each.get("ReturnData", True)]
    if len(watched) != 1:
        raise _wrong("Exactly one element of the metrics list should return data.")
    now = world.clock.now()
    value = Queries(world, metrics, now - timedelta(hours=1), now).value(str(watched[0]["Id"]))
    if not isinstance(value, Line):
        raise _wrong("The expression of an alarm must return a single time series")


def check_composite(world: World, parameters: Mapping[str, Any]) -> None:
    """Raises Refused."""
    if parameters.get("ActionsSuppressor"):
        raise not_simulated("a composite alarm with an actions suppressor")
    _check_actions(parameters)
    _, named = parse(parameters["AlarmRule"])
    missing = [each for each in named if each.partition(":alarm:")[2] not in world.monitoring.alarms]
    missing = [each for each in missing if each not in world.monitoring.alarms]
    if missing:
        raise _wrong(f"AlarmRule must not reference alarms that do not exist: {', '.join(missing)}")


def _check_actions(parameters: Mapping[str, Any]) -> None:
    for member in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for action in parameters.get(member) or ():
            if not action.startswith("arn:"):
                raise _wrong(f"Invalid arn syntax: {action}")
            if ":sns:" not in action and ":scalingPolicy:" not in action:
                raise not_simulated(f"the alarm action {action}")


def _wrong(message: str) -> Refused:
    return Refused("ValidationError", message)
