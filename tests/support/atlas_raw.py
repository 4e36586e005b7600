"""Answers of Atlas's Admin API v2 about one project with one cluster, healthy unless a test says otherwise."""

from typing import Any

from tests.support.backend_site import Raw, ago
from tests.support.facts import NOON

GROUP = "a" * 24
CLUSTER_PATH = "clusters/main"


def stamp(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def node(
    region: str = "AP_SOUTH_1", provider: str = "AWS", tier: str = "M10", nodes: int | None = 3, **more: Any
) -> Raw:
    specs: Raw = {"instanceSize": tier, **({"nodeCount": nodes} if nodes is not None else {})}
    return {"providerName": provider, "regionName": region, "priority": 7, "electableSpecs": specs, **more}


def cluster(*nodes: Raw, **changes: Any) -> Raw:
    return {
        "name": "main",
        "groupId": GROUP,
        "clusterType": "REPLICASET",
        "stateName": "IDLE",
        "paused": False,
        "backupEnabled": True,
        "pitEnabled": False,
        "replicationSpecs": [{"id": "b" * 24, "regionConfigs": list(nodes or (node(),))}],
        **changes,
    }


def schedule(*items: Raw) -> Raw:
    usual = {"frequencyType": "daily", "frequencyInterval": 1, "retentionUnit": "days", "retentionValue": 7}
    return {
        "clusterName": "main",
        "nextSnapshot": stamp(NOON),
        "policies": [{"id": "c" * 24, "policyItems": list(items or (usual,))}],
    }


def page(*results: Raw) -> Raw:
    return {"results": list(results), "totalCount": len(results)}


def snapshot(hours: float = 3, status: str = "completed") -> Raw:
    return {"id": "d" * 24, "status": status, "createdAt": stamp(ago(hours=hours)), "snapshotType": "scheduled"}


def restore(days: float = 30, **changes: Any) -> Raw:
    return {
        "id": "e" * 24,
        "deliveryType": "automated",
        "finishedAt": stamp(ago(days=days)),
        "failed": False,
        **changes,
    }


def entry(text: str, **changes: Any) -> Raw:
    member = "awsSecurityGroup" if "sg-" in text else "cidrBlock" if "/" in text else "ipAddress"
    return {"groupId": GROUP, member: text, **changes}


def alert(event: str = "OUTSIDE_METRIC_THRESHOLD", metric: str = "", **changes: Any) -> Raw:
    threshold: Raw = {"metricThreshold": {"metricName": metric, "operator": "GREATER_THAN", "threshold": 80}}
    return {
        "id": "f" * 24,
        "enabled": True,
        "eventTypeName": event,
        "notifications": [{"typeName": "GROUP", "intervalMin": 15, "emailEnabled": True}],
        **(threshold if metric else {}),
        **changes,
    }


ALERTS = (
    alert("NO_PRIMARY"),
    alert(metric="CONNECTIONS_PERCENT"),
    alert(metric="DISK_PARTITION_SPACE_USED_DATA"),
    alert(metric="OPLOG_SLAVE_LAG_MASTER_TIME"),
)


def atlas(**changed: Any) -> dict[str, Any]:
    """Every answer by path. Keywords: cluster, schedule, snapshots, restores, access_list, alerts."""
    return {
        CLUSTER_PATH: changed.get("cluster", cluster()),
        f"{CLUSTER_PATH}/backup/schedule": changed.get("schedule", schedule()),
        f"{CLUSTER_PATH}/backup/snapshots": changed.get("snapshots", page(snapshot())),
        f"{CLUSTER_PATH}/backup/restoreJobs": changed.get("restores", page(restore())),
        "accessList": changed.get("access_list", page(entry("10.20.10.0/24"), entry("10.20.11.0/24"))),
        "alertConfigs": changed.get("alerts", page(*ALERTS)),
    }
