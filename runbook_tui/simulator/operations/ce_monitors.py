"""Cost Explorer's monitors of anomalies and who is told: made and deleted. A new one finds nothing unusual yet."""

import uuid
from typing import Any

from runbook_tui.simulator.cost.ledger import Ledger
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


class Subscriptions:
    def __init__(self) -> None:
        self.made: dict[str, dict[str, Any]] = {}


@overlay("ce", "CreateAnomalyMonitor")
def create_anomaly_monitor(world: World, parameters: Parameters) -> Reply:
    """Of services there is one monitor an account."""
    wanted, monitors = parameters["AnomalyMonitor"], world.store(Ledger).monitors
    if wanted["MonitorType"] == "DIMENSIONAL" and any(one["MonitorType"] == "DIMENSIONAL" for one in monitors):
        raise Refused("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")
    arn, today = _arn(world, "anomalymonitor"), f"{world.clock.now():%Y-%m-%d}"
    monitors.append({**wanted, "MonitorArn": arn, "CreationDate": today, "LastUpdatedDate": today})
    return {"MonitorArn": arn}


@overlay("ce", "DeleteAnomalyMonitor")
def delete_anomaly_monitor(world: World, parameters: Parameters) -> Reply:
    ledger = world.store(Ledger)
    kept = [one for one in ledger.monitors if one["MonitorArn"] != parameters["MonitorArn"]]
    if len(kept) == len(ledger.monitors):
        raise Refused("UnknownMonitorException", "Unable to find anomaly monitor")
    ledger.monitors = kept
    return {}


@overlay("ce", "CreateAnomalySubscription")
def create_anomaly_subscription(world: World, parameters: Parameters) -> Reply:
    wanted = parameters["AnomalySubscription"]
    known = {one["MonitorArn"] for one in world.store(Ledger).monitors}
    if not set(wanted["MonitorArnList"]) <= known:
        raise Refused("UnknownMonitorException", "Unable to find anomaly monitor")
    arn = _arn(world, "anomalysubscription")
    world.store(Subscriptions).made[arn] = {**wanted, "SubscriptionArn": arn, "AccountId": world.account}
    return {"SubscriptionArn": arn}


@overlay("ce", "DeleteAnomalySubscription")
def delete_anomaly_subscription(world: World, parameters: Parameters) -> Reply:
    if world.store(Subscriptions).made.pop(parameters["SubscriptionArn"], None) is None:
        raise Refused("UnknownSubscriptionException", "Unable to find anomaly subscription")
    return {}


@overlay("ce", "GetAnomalySubscriptions")
def get_anomaly_subscriptions(world: World, parameters: Parameters) -> Reply:
    wanted, monitor = parameters.get("SubscriptionArnList"), parameters.get("MonitorArn")
    return {
        "AnomalySubscriptions": [
            one
            for arn, one in world.store(Subscriptions).made.items()
            if (not wanted or arn in wanted) and monitor in (None, *one["MonitorArnList"])
        ]
    }


def _arn(world: World, kind: str) -> str:
    return f"arn:aws:ce::{world.account}:{kind}/{uuid.UUID(int=world.random.getrandbits(128), version=4)}"
