"""What the simulated Atlas project holds: a cluster with backups, an access list, alerts. Members are public: a story
or a test changes them."""

from datetime import datetime, timedelta
from typing import Any, Final

from runbook_tui.simulator.names import SITE

PROJECT: Final = "65a1b2c3d4e5f60718293a4b"
CLUSTER: Final = "asharvi-main"
REGION: Final = "AP_SOUTH_1"
_DAILY: Final = {"frequencyType": "daily", "frequencyInterval": 1, "retentionUnit": "days", "retentionValue": 7}
_WEEKLY: Final = {"frequencyType": "weekly", "frequencyInterval": 6, "retentionUnit": "weeks", "retentionValue": 4}
_SNAPSHOT_HOUR: Final = 21


class AtlasState:
    """``last_restore`` is how long before the world's first moment somebody tried one; None for never.

    ``stalled`` is how long snapshots have not been taken.
    """

    def __init__(self) -> None:
        self.provider = "AWS"
        self.region = REGION
        self.tier = "M10"
        self.backup_enabled = True
        self.stalled = timedelta(0)
        self.last_restore: timedelta | None = timedelta(days=60)
        self.policy = [dict(_DAILY), dict(_WEEKLY)]
        self.access_list = [_entry(cidr) for cidr in SITE.net.private_subnets]
        self.alerts = [
            _alert(1, "NO_PRIMARY"),
            _alert(2, "OUTSIDE_METRIC_THRESHOLD", "CONNECTIONS_PERCENT"),
            _alert(3, "OUTSIDE_METRIC_THRESHOLD", "DISK_PARTITION_SPACE_USED_DATA"),
            _alert(4, "OUTSIDE_METRIC_THRESHOLD", "OPLOG_SLAVE_LAG_MASTER_TIME"),
        ]

    def cluster(self) -> dict[str, Any]:
        place = {
            "providerName": self.provider,
            "regionName": self.region,
            "priority": 7,
            "electableSpecs": {"instanceSize": self.tier, "nodeCount": 3},
        }
        return {
            "id": _id(90),
            "groupId": PROJECT,
            "name": CLUSTER,
            "clusterType": "REPLICASET",
            "stateName": "IDLE",
            "paused": False,
            "backupEnabled": self.backup_enabled,
            "pitEnabled": False,
            "mongoDBMajorVersion": "8.0",
            "replicationSpecs": [{"id": _id(91), "zoneName": "Zone 1", "regionConfigs": [place]}],
        }

    def schedule(self, now: datetime) -> dict[str, Any]:
        policies = [{"id": _id(92), "policyItems": list(self.policy)}]
        taken = self._snapshot_before(now)
        return {
            "clusterName": CLUSTER,
            "referenceHourOfDay": _SNAPSHOT_HOUR,
            "referenceMinuteOfHour": 0,
            "restoreWindowDays": 7,
            "nextSnapshot": _stamp(taken + timedelta(days=1)),
            "policies": policies,
        }

    def snapshots(self, now: datetime) -> list[dict[str, Any]]:
        """A week of them, newest first; one a day at the same hour."""
        newest = self._snapshot_before(now - self.stalled)
        return [_snapshot(number, newest - timedelta(days=number)) for number in range(7)]

    def restores(self, began: datetime) -> list[dict[str, Any]]:
        if self.last_restore is None:
            return []
        finished = began - self.last_restore
        return [
            {
                "id": _id(93),
                "deliveryType": "automated",
                "cancelled": False,
                "failed": False,
                "expired": False,
                "snapshotId": _id(94),
                "targetClusterName": f"{CLUSTER}-restored",
                "targetGroupId": PROJECT,
                "timestamp": _stamp(finished - timedelta(hours=2)),
                "finishedAt": _stamp(finished),
            }
        ]

    def _snapshot_before(self, now: datetime) -> datetime:
        today = now.replace(hour=_SNAPSHOT_HOUR, minute=0, second=0, microsecond=0)
        return today if today <= now else today - timedelta(days=1)


def _entry(cidr: str) -> dict[str, Any]:
    return {"groupId": PROJECT, "cidrBlock": cidr, "comment": "private subnet of the backend"}


def _alert(number: int, event: str, metric: str = "") -> dict[str, Any]:
    threshold = {"metricName": metric, "operator": "GREATER_THAN", "threshold": 80.0, "units": "RAW", "mode": "AVERAGE"}
    told = {"typeName": "GROUP", "intervalMin": 15, "delayMin": 0, "emailEnabled": True, "smsEnabled": False}
    return {
        "id": _id(number),
        "groupId": PROJECT,
        "enabled": True,
        "eventTypeName": event,
        "notifications": [told],
        **({"metricThreshold": threshold} if metric else {}),
    }


def _snapshot(number: int, taken: datetime) -> dict[str, Any]:
    return {
        "id": _id(100 + number),
        "status": "completed",
        "snapshotType": "scheduled",
        "type": "replicaSet",
        "cloudProvider": "AWS",
        "createdAt": _stamp(taken),
        "expiresAt": _stamp(taken + timedelta(days=7)),
    }


def _id(number: int) -> str:
    return f"65a1b2c3d4e5f607{number:08x}"


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
