"""Why an alarm changed its state, in CloudWatch's words."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime

from runbook_tui.simulator.metrics.alarm import Alarm, Datapoint, Judgement, State, breaches

_COMPARED = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def java(number: float) -> str:
    """A number as Java prints it: 7.0, 1.25E7."""
    if number == 0 or 1e-3 <= abs(number) < 1e7 or not math.isfinite(number):
        return repr(float(number))
    mantissa, _, exponent = f"{number:.16e}".partition("e")
    short = repr(float(f"{float(mantissa):.15g}"))
    return f"{short}E{int(exponent)}"


def stamp(at: datetime) -> str:
    """As in the JSON of alarms."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def reason(alarm: Alarm, state: State, judged: Judgement) -> str:
    if state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_many(alarm.periods, 'datapoint')} unknown."
    treated = _TREATED.get(alarm.missing)
    if judged.filled and treated:
        received = _many(len(judged.used), "datapoint") if judged.used else "no datapoints were"
        return (
            f"Threshold Crossed: {received} received for {_count(alarm.periods, 'period')} and "
            f"{_count(judged.filled, 'missing datapoint')} {_were(judged.filled)} treated as [{treated}]."
        )
    return f"Threshold Crossed: {_crossed(alarm, state, judged.used)}"


def _crossed(alarm: Alarm, state: State, used: Sequence[Datapoint]) -> str:
    rings = state is State.ALARM
    chosen = [
        each for each in reversed(used) if each.value is not None and breaches(alarm.settings, each.value) == rings
    ]
    listed = ", ".join(f"{java(each.value or 0.0)} ({each.at:%d/%m/%y %H:%M:%S})" for each in chosen)
    compared = ("" if rings else "not ") + _COMPARED[alarm.settings["ComparisonOperator"]]
    threshold = f"the threshold ({java(float(alarm.settings['Threshold']))})"
    tail = f"{_were(len(chosen))} {compared} {threshold}"
    if not alarm.settings.get("DatapointsToAlarm"):
        return f"{_count(len(chosen), 'datapoint')} [{listed}] {tail}."
    least = alarm.needed if rings else alarm.periods - alarm.needed + 1
    change = "OK -> ALARM" if rings else "ALARM -> OK"
    return (
        f"{len(chosen)} out of the last {len(used)} datapoints [{listed}] {tail} "
        f"(minimum {_count(least, 'datapoint')} for {change} transition)."
    )


def reason_data(alarm: Alarm, points: Sequence[Datapoint], judged: Judgement, now: datetime) -> str:
    settings = alarm.settings
    found: dict[str, object] = {"version": "1.0", "queryDate": stamp(now)}
    if judged.used:
        found["startDate"] = stamp(judged.used[0].at)
    if settings.get("Unit"):
        found["unit"] = settings["Unit"]
    if not settings.get("Metrics"):
        found["statistic"] = settings.get("Statistic") or settings.get("ExtendedStatistic")
    found["period"] = settings.get("Period") or 60
    found["recentDatapoints"] = [each.value for each in judged.used]
    found["threshold"] = float(settings["Threshold"])
    found["evaluatedDatapoints"] = [_evaluated(each) for each in reversed(points[-alarm.periods :])]
    return json.dumps(found, separators=(",", ":"))


def _evaluated(point: Datapoint) -> dict[str, object]:
    known = {} if point.value is None else {"sampleCount": point.samples, "value": point.value}
    return {"timestamp": stamp(point.at), **known}


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _many(number: int, what: str) -> str:
    return f"{_count(number, what)} {_were(number)}"
