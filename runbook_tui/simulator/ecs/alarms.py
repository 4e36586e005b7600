"""Alarms that watch over a deployment. An alarm that rang before it began is not watched during it."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.world import World

_LEAST_BAKE = 60.0


def names(service: Any) -> list[str]:
    """Empty when the service deploys without them."""
    alarms: Mapping[str, Any] = service.deployment_configuration.get("alarms") or {}
    return list(alarms.get("alarmNames", ())) if alarms.get("enable") else []


def ringing(world: World, service: Any) -> frozenset[str]:
    return frozenset(each["AlarmName"] for each in _described(world, service) if each["StateValue"] == "ALARM")


def bake_seconds(world: World, service: Any) -> float:
    """For how long the alarms are watched when all tasks run: as long as the slowest of them needs to ring."""
    alarms = _described(world, service)
    spans = [float(each.get("Period", 60) * each.get("EvaluationPeriods", 1)) for each in alarms]
    return max([*spans, _LEAST_BAKE]) if alarms else 0.0


def _described(world: World, service: Any) -> list[Mapping[str, Any]]:
    wanted = names(service)
    if not wanted:
        return []
    types = ["MetricAlarm", "CompositeAlarm"]
    found = world.call("cloudwatch", "DescribeAlarms", AlarmNames=wanted, AlarmTypes=types)
    return [*found.get("MetricAlarms", ()), *found.get("CompositeAlarms", ())]
