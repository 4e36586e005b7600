"""Cost Explorer's cost allocation tags and anomaly detection."""

from typing import Any

from runbook_tui.simulator.cost.ledger import Ledger
from runbook_tui.simulator.operations.ce import opened
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("ce", "ListCostAllocationTags")
def list_cost_allocation_tags(world: World, parameters: Parameters) -> Reply:
    keys, status, kind = (parameters.get(name) for name in ("TagKeys", "Status", "Type"))
    found = [
        one
        for key, one in sorted(world.store(Ledger).tags.items())
        if (not keys or key in keys) and status in (None, one["Status"]) and kind in (None, one["Type"])
    ]
    return _listed("CostAllocationTags", found, parameters, token="NextToken")  # noqa: S106


@overlay("ce", "UpdateCostAllocationTagsStatus")
def update_cost_allocation_tags_status(world: World, parameters: Parameters) -> Reply:
    """What the bill never saw cannot be activated."""
    tags, errors = world.store(Ledger).tags, []
    for wanted in parameters["CostAllocationTagsStatus"]:
        key = wanted["TagKey"]
        if key in tags:
            tags[key] |= {"Status": wanted["Status"], "LastUpdatedDate": f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}"}
        else:
            errors.append({"TagKey": key, "Code": "TagKeysNotFoundException", "Message": f"Tag key {key} not found"})
    return {"Errors": errors}


@overlay("ce", "GetAnomalyMonitors")
def get_anomaly_monitors(world: World, parameters: Parameters) -> Reply:
    wanted = parameters.get("MonitorArnList")
    found = [one for one in world.store(Ledger).monitors if not wanted or one["MonitorArn"] in wanted]
    return _listed("AnomalyMonitors", found, parameters)


@overlay("ce", "GetAnomalies")
def get_anomalies(world: World, parameters: Parameters) -> Reply:
    """Those that were seen within the dates; without an end, up to now."""
    asked = parameters["DateInterval"]
    start, end = asked["StartDate"], asked.get("EndDate") or "9999"
    monitor, feedback = parameters.get("MonitorArn"), parameters.get("Feedback")
    found = [
        one
        for one in opened(world).anomalies
        if start <= one["AnomalyEndDate"]
        and one["AnomalyStartDate"] <= end
        and monitor in (None, one["MonitorArn"])
        and feedback in (None, one.get("Feedback"))
    ]
    return _listed("Anomalies", found, parameters)


@overlay("ce", "ProvideAnomalyFeedback")
def provide_anomaly_feedback(world: World, parameters: Parameters) -> Reply:
    for one in world.store(Ledger).anomalies:
        if one["AnomalyId"] == parameters["AnomalyId"]:
            one["Feedback"] = parameters["Feedback"]
    return {"AnomalyId": parameters["AnomalyId"]}


def _listed(
    member: str,
    found: list[Any],
    parameters: Parameters,
    *,
    token: str = "NextPageToken",  # noqa: S107
) -> dict[str, Any]:
    part, following = page(found, parameters, size="MaxResults", token=token, limit=100)
    return {member: part} | ({token: following} if following else {})
