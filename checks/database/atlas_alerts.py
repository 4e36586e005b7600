"""Guide 7.1: Atlas tells somebody when the cluster is in trouble."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from checks.concerns import named
from checks.database.chosen import ATLAS, unchosen
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.atlas import AlertConfig
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn

# What the guide wants to be told of, by Atlas's names of events and metrics.
WANTED: Final[Mapping[str, Callable[[AlertConfig], bool]]] = {
    "election": lambda one: one.event_type_name in ("NO_PRIMARY", "PRIMARY_ELECTED"),
    "connections": lambda one: one.metric == "CONNECTIONS_PERCENT",
    "disk": lambda one: one.metric == "DISK_PARTITION_SPACE_USED_DATA",
    "replication lag": lambda one: one.metric in ("OPLOG_SLAVE_LAG_MASTER_TIME", "OPLOG_REPLICATION_LAG"),
}


@check("atlas.alerts", guide="7.1", severity="high", scope="shared")
def alerts(aws: Aws, site: Site) -> Verdict:
    """Atlas reports elections, connections, disk and replication lag to somebody."""
    elsewhere = unchosen(site, ATLAS)
    if elsewhere:
        return elsewhere
    if aws.atlas is None:
        what = "Atlas reports elections, connections, disk and replication lag to the on-call channel"
        return attested(aws, "atlas.alerts", "", what, row_says_pass=False)
    enabled = [one for one in aws.atlas.alert_configs() if one.enabled]
    heard = [one for one in enabled if one.notifications]
    missing = [name for name, is_it in WANTED.items() if not any(map(is_it, heard))]
    evidence: dict[str, Any] = {
        "alerts": sorted({one.metric or one.event_type_name for one in enabled}),
        "destinations": sorted({to.type_name for one in heard for to in one.notifications}),
        "missing": missing,
    }
    remedy = "create Atlas's default alerts again and send them to the on-call channel"
    if len(missing) == len(WANTED):
        mute = f" ({len(enabled)} go to nobody)" if enabled and not heard else ""
        return fail(f"none of the wanted alerts is on{mute}", remedy, **evidence)
    if missing:
        return warn(f"nobody is told of {', '.join(missing)}", remedy, **evidence)
    return passed(
        f"elections, connections, disk and replication lag are reported ({named(len(heard), 'alert')})", **evidence
    )
