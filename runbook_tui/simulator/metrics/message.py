"""What an alarm tells its topic."""

import json
from typing import Any

from runbook_tui.simulator.metrics.alarm import Alarm, State
from runbook_tui.simulator.metrics.reasons import stamp
from runbook_tui.simulator.world import World

_REGIONS = {"ap-south-1": "Asia Pacific (Mumbai)"}


def subject(alarm: Alarm, region: str) -> str:
    return f'{alarm.state}: "{alarm.name}" in {_REGIONS.get(region, region)}'[:100]


def message(world: World, alarm: Alarm, before: State) -> str:
    settings = alarm.settings
    found: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": settings.get("AlarmDescription"),
        "AWSAccountId": world.account,
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.updated),
        "NewStateValue": alarm.state.value,
        "NewStateReason": alarm.reason,
        "StateChangeTime": stamp(alarm.changed),
        "Region": _REGIONS.get(world.region, world.region),
        "AlarmArn": alarm.arn,
        "OldStateValue": before.value,
        "OKActions": settings.get("OKActions") or [],
        "AlarmActions": settings.get("AlarmActions") or [],
        "InsufficientDataActions": settings.get("InsufficientDataActions") or [],
    }
    if alarm.composite:
        found["AlarmRule"] = settings["AlarmRule"]
    else:
        found["Trigger"] = _trigger(settings)
    return json.dumps(found, separators=(",", ":"))


def _trigger(settings: Any) -> dict[str, Any]:
    trigger = {
        "Period": settings.get("Period"),
        "EvaluationPeriods": settings["EvaluationPeriods"],
        "DatapointsToAlarm": settings.get("DatapointsToAlarm"),
        "ComparisonOperator": settings["ComparisonOperator"],
        "Threshold": float(settings["Threshold"]),
        "TreatMissingData": settings.get("TreatMissingData") or "",
    }
    if settings.get("Metrics"):
        return {**trigger, "Metrics": settings["Metrics"]}
    return {
        **trigger,
        "MetricName": settings["MetricName"],
        "Namespace": settings["Namespace"],
        "StatisticType": "Statistic" if settings.get("Statistic") else "ExtendedStatistic",
        "Statistic": str(settings.get("Statistic") or settings.get("ExtendedStatistic")).upper(),
        "Unit": settings.get("Unit"),
        "Dimensions": [{"value": each["Value"], "name": each["Name"]} for each in settings.get("Dimensions") or ()],
    }
