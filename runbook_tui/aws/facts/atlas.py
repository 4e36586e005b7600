"""What MongoDB Atlas says about the site's cluster: typed readings of its Admin API v2, in Atlas's words."""

from typing import Any, Final, Self

from msgspec import field

from runbook_tui.aws.access import AtlasReader
from runbook_tui.aws.facts.border import LowerFact, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment

CLUSTER: Final = "atlas:cluster"
PROJECT: Final = "atlas:project"
SHARED_TIERS: Final = ("M0", "M2", "M5", "FLEX")
CLUSTERS_VERSION: Final = "2024-08-05"
VERSION: Final = "2023-01-01"


class Hardware(LowerFact, frozen=True, kw_only=True):
    """Nodes of one kind in one region."""

    instance_size: str = ""
    node_count: int | None = None


class RegionConfig(LowerFact, frozen=True, kw_only=True):
    """A shared cluster's provider is TENANT, on top of ``backing_provider_name``."""

    provider_name: str = ""
    backing_provider_name: str = ""
    region_name: str = ""
    electable_specs: Hardware | None = None

    @property
    def provider(self) -> str:
        return self.backing_provider_name or self.provider_name

    @property
    def electable(self) -> bool:
        """Whether a primary can be there. Atlas leaves the count out of shared clusters."""
        return self.electable_specs is not None and self.electable_specs.node_count != 0

    @property
    def tier(self) -> str:
        return self.electable_specs.instance_size if self.electable_specs else ""


class ReplicationSpec(LowerFact, frozen=True, kw_only=True):
    region_configs: tuple[RegionConfig, ...] = ()


class Cluster(LowerFact, frozen=True, kw_only=True):
    name: str
    state_name: str = ""
    paused: bool = False
    backup_enabled: bool = False
    pit_enabled: bool = False
    replication_specs: tuple[ReplicationSpec, ...]

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def electable(self) -> tuple[RegionConfig, ...]:
        configs = (config for spec in self.replication_specs for config in spec.region_configs)
        return tuple(config for config in configs if config.electable)


class AccessEntry(LowerFact, frozen=True, kw_only=True):
    """One of the three. Atlas removes the entry by itself after ``delete_after_date``."""

    cidr_block: str = ""
    ip_address: str = ""
    aws_security_group: str = ""
    delete_after_date: Moment | None = None

    @property
    def cidr(self) -> str:
        """Its addresses; empty for a security group. Atlas answers both members for a single address."""
        return self.cidr_block or self.ip_address

    @property
    def group(self) -> str:
        """``sg-…`` without the account that may stand before it."""
        return self.aws_security_group.rpartition("/")[2]


class PolicyItem(LowerFact, frozen=True, kw_only=True):
    """Every ``frequency_interval`` hours, days … a snapshot that is kept for so many ``retention_unit``."""

    frequency_type: str
    frequency_interval: int
    retention_unit: str
    retention_value: int


class BackupPolicy(LowerFact, frozen=True, kw_only=True):
    policy_items: tuple[PolicyItem, ...] = ()


class BackupSchedule(LowerFact, frozen=True, kw_only=True):
    next_snapshot: Moment | None = None
    restore_window_days: int | None = None
    policies: tuple[BackupPolicy, ...]

    @property
    def items(self) -> tuple[PolicyItem, ...]:
        return tuple(item for policy in self.policies for item in policy.policy_items)


class Snapshot(LowerFact, frozen=True, kw_only=True):
    status: str = ""
    created_at: Moment | None = None


class RestoreJob(LowerFact, frozen=True, kw_only=True):
    """``delivery_type`` automated and pointInTime bring data into a cluster; a download proves nothing."""

    delivery_type: str = ""
    finished_at: Moment | None = None
    failed: bool = False
    cancelled: bool = False

    @property
    def restored(self) -> bool:
        done = self.finished_at is not None and not (self.failed or self.cancelled)
        return done and self.delivery_type in ("automated", "pointInTime")


class Notification(LowerFact, frozen=True, kw_only=True):
    """Where an alert goes: only the kind is read, the rest may hold keys."""

    type_name: str = ""


class MetricThreshold(LowerFact, frozen=True, kw_only=True):
    metric_name: str = ""


class AlertConfig(LowerFact, frozen=True, kw_only=True):
    event_type_name: str = ""
    enabled: bool = False
    notifications: tuple[Notification, ...] = ()
    metric_threshold: MetricThreshold | None = field(default=None, name="metricThreshold")

    @property
    def metric(self) -> str:
        return self.metric_threshold.metric_name if self.metric_threshold else ""


class AtlasFacts:
    def __init__(self, reader: AtlasReader) -> None:
        self._reader = reader

    def cluster(self, name: str) -> Cluster:
        """Missing ``atlas:cluster``, or ``atlas:project`` where not even that is there."""
        return Cluster.from_api(self._reader.read(f"clusters/{name}", CLUSTERS_VERSION))

    def schedule(self, cluster: str) -> BackupSchedule:
        return parse(self._reader.read(f"clusters/{cluster}/backup/schedule", CLUSTERS_VERSION), BackupSchedule)

    def snapshots(self, cluster: str) -> tuple[Snapshot, ...]:
        answer = self._reader.read(f"clusters/{cluster}/backup/snapshots", VERSION)
        return listed(answer, "results", Snapshot)

    def restores(self, cluster: str) -> tuple[RestoreJob, ...]:
        answer = self._reader.read(f"clusters/{cluster}/backup/restoreJobs", VERSION)
        return listed(answer, "results", RestoreJob)

    def access_list(self) -> tuple[AccessEntry, ...]:
        return listed(self._reader.read("accessList", VERSION), "results", AccessEntry)

    def alert_configs(self) -> tuple[AlertConfig, ...]:
        return listed(self._reader.read("alertConfigs", VERSION), "results", AlertConfig)
