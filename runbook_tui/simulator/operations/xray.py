"""X-Ray: summaries of traces, filtered by their service, and the sampling rule that every account has."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from runbook_tui.simulator import tracing
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.wire_times import aware
from runbook_tui.simulator.world import World

_PAGE: Final = 100
_LONGEST: Final = timedelta(days=30)  # X-Ray keeps no trace longer
_SERVICE: Final = re.compile(r"\s*service\(\s*\"([^\"]+)\"\s*\)\s*")
_TTL_S: Final = 300


@overlay("xray", "GetTraceSummaries")
def get_trace_summaries(world: World, parameters: Parameters) -> Reply:
    """Of filter expressions it knows ``service("name")`` alone."""
    start, end = aware(parameters["StartTime"]), aware(parameters["EndTime"])
    now = world.clock.now()
    if start >= end:
        raise Refused("InvalidRequestException", "Start time must be before end time.")
    first = int(parameters.get("NextToken") or 0)
    found = _found(world, _service(parameters), max(start, now - _LONGEST), min(end, now))
    shown = list(islice(found, first, first + _PAGE + 1))
    return {
        "TraceSummaries": shown[:_PAGE],
        "ApproximateTime": now,
        "TracesProcessedCount": min(len(shown), _PAGE),
        "NextToken": str(first + _PAGE) if len(shown) > _PAGE else None,
    }


def _service(parameters: Parameters) -> str:
    expression = str(parameters.get("FilterExpression") or "")
    if not expression:
        return ""
    found = _SERVICE.fullmatch(expression)
    if found is None:
        raise not_simulated(f"the X-Ray filter expression {expression}")
    return found[1]


def _found(world: World, service: str, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    for each in tracing.put(world, start, end):
        if service in ("", *(one["Name"] for one in each["ServiceIds"])):
            yield each
    for name in tracing.traced(world):
        if service in ("", name):
            yield from tracing.summaries(world, name, start, end)


@overlay("xray", "GetSamplingRules")
def get_sampling_rules(world: World, _parameters: Parameters) -> Reply:
    return {"SamplingRuleRecords": [{"SamplingRule": _default(world), "CreatedAt": world.began}]}


@overlay("xray", "GetSamplingTargets")
def get_sampling_targets(world: World, parameters: Parameters) -> Reply:
    """Who asks alone gets the whole reservoir."""
    asked = parameters["SamplingStatisticsDocuments"]
    rule = _default(world)
    known = [each for each in asked if each["RuleName"] == rule["RuleName"]]
    strange = [each for each in asked if each["RuleName"] != rule["RuleName"]]
    return {
        "SamplingTargetDocuments": [
            {
                "RuleName": each["RuleName"],
                "FixedRate": rule["FixedRate"],
                "ReservoirQuota": rule["ReservoirSize"],
                "ReservoirQuotaTTL": world.clock.now() + timedelta(seconds=_TTL_S),
                "Interval": 10,
            }
            for each in known
        ],
        "LastRuleModification": world.began,
        "UnprocessedStatistics": [
            {"RuleName": each["RuleName"], "ErrorCode": "400", "Message": "Unknown rule"} for each in strange
        ],
    }


def _default(world: World) -> dict[str, Any]:
    return {
        "RuleName": "Default",
        "RuleARN": world.arn("xray", "sampling-rule/Default"),
        "ResourceARN": "*",
        "Priority": 10_000,
        "FixedRate": 0.05,
        "ReservoirSize": 1,
        "ServiceName": "*",
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
        "Version": 1,
        "Attributes": {},
    }
