"""Guide 7.1: the Atlas cluster is backed up, and its backups can be restored."""

from datetime import datetime, timedelta
from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.database.atlas_cluster import cluster_name
from checks.database.chosen import ATLAS, unchosen
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.atlas import AtlasFacts, BackupSchedule, RestoreJob, Snapshot
from runbook_tui.aws.together import together
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail

ID: Final = "atlas.backup"
RESTORED_WITHIN: Final = timedelta(days=180)


@check("atlas.backup", guide="7.1", severity="critical", scope="shared")
def backup(aws: Aws, site: Site) -> Verdict:
    """The Atlas cluster is backed up on a schedule, its last snapshot is fresh, and a restore was tried."""
    elsewhere = unchosen(site, ATLAS)
    if elsewhere:
        return elsewhere
    if aws.atlas is None:
        what = "the Atlas cluster is backed up on a schedule, and when a restore was last tried"
        return attested(aws, ID, "", what, row_says_pass=False)
    return _backed_up(aws, site, aws.atlas)


def _backed_up(aws: Aws, site: Site, atlas: AtlasFacts) -> Verdict:
    name = cluster_name(site)
    cluster = atlas.cluster(name)
    remedy = "turn cloud backup on for the cluster in Atlas"
    if not cluster.backup_enabled:
        return fail(f"backups of {name} are off", remedy, cluster=name, enabled=False)
    schedule, snapshots, restores = together(
        lambda: atlas.schedule(name), lambda: atlas.snapshots(name), lambda: atlas.restores(name)
    )
    taken, restored = _newest_snapshot(snapshots), _newest_restore(restores)
    evidence: dict[str, Any] = {
        "last_snapshot": _moment(taken),
        "last_restore": _moment(restored),
        "kept": [f"{one.frequency_type}: {one.retention_value} {one.retention_unit}" for one in schedule.items],
        "point_in_time": cluster.pit_enabled,
    }
    if not schedule.items:
        return fail(f"the backup schedule of {name} is empty", "give it a policy: daily at least", **evidence)
    concerns = [
        *_snapshot_concerns(taken, aws.now(), site),
        *_loss_concerns(schedule, site, point_in_time=cluster.pit_enabled),
        *_restore_concerns(aws, restored),
    ]
    good = f"the last snapshot of {name} is fresh, and a restore was tried"
    return warn_or_pass(concerns, good, "look at Backup in Atlas; try a restore each half-year", **evidence)


def _newest_snapshot(snapshots: tuple[Snapshot, ...]) -> datetime | None:
    done = (one.created_at for one in snapshots if one.status in ("", "completed"))
    return max((at for at in done if at is not None), default=None)


def _newest_restore(restores: tuple[RestoreJob, ...]) -> datetime | None:
    return max((one.finished_at for one in restores if one.restored and one.finished_at is not None), default=None)


def _snapshot_concerns(taken: datetime | None, now: datetime, site: Site) -> list[str]:
    most = timedelta(hours=site.db.atlas.backup_max_age_h)
    if taken is None:
        return ["there is no snapshot yet"]
    age = now - taken
    hours = age.total_seconds() / 3600
    return (
        [f"the last snapshot is {hours:.0f} h old, at most {most.total_seconds() / 3600:.0f} h"] if age > most else []
    )


def _loss_concerns(schedule: BackupSchedule, site: Site, *, point_in_time: bool) -> list[str]:
    """``db.rpo_hours`` is how much may be lost; snapshots alone lose up to their interval."""
    most = site.db.rpo_hours
    hours = min((_hours(one.frequency_type, one.frequency_interval) for one in schedule.items), default=0)
    if most is None or point_in_time or hours <= most:
        return []
    return [f"up to {hours} h may be lost between snapshots, the site allows {most} h (db.rpo_hours)"]


def _hours(kind: str, interval: int) -> int:
    """How far apart snapshots are. The interval of a weekly or monthly one says on which day, not how often."""
    return {"hourly": max(interval, 1), "daily": 24, "weekly": 7 * 24, "monthly": 31 * 24}.get(kind, 366 * 24)


def _restore_concerns(aws: Aws, restored: datetime | None) -> list[str]:
    """Atlas keeps its restore jobs for a while only: who tried one may attest it."""
    if restored is not None and aws.now() - restored <= RESTORED_WITHIN:
        return []
    stated = aws.attested(ID, "")
    if stated is not None and stated.holds(aws.now().date()):
        return []
    when = f"since {restored:%Y-%m-%d}" if restored else "as far as Atlas knows"
    return [f"no restore was tried {when}"]


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%MZ}" if at else "none"
