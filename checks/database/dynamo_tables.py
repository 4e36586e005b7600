"""Guide 7.2: the DynamoDB tables are those of the data model, and are backed up."""

from typing import Any

from checks.concerns import named
from checks.database.chosen import DYNAMODB, unchosen
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.dynamodb import TABLE, Table
from runbook_tui.aws.facts.tables import tables_of
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core import site as sites
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn

PROTECT = "turn deletion protection on; wait for changes under way to end"


def undefined(env: Environment) -> Verdict:
    return fail(f"the site names no table of {env.name}", "name its tables in db.dynamodb.tables in the site file")


@check(
    "dynamo.tables.active",
    guide="7.2",
    severity="critical",
    scope="environment",
    needs=["dynamodb:DescribeTable"],
    establishes=[TABLE],
)
def active(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Each DynamoDB table is active, has the keys of the data model, and cannot be deleted by accident."""
    elsewhere = unchosen(site, DYNAMODB)
    if elsewhere:
        return elsewhere
    wanted = tables_of(site, env)
    if not wanted:
        return undefined(env)
    found = each(lambda one: aws.dynamodb.table(one.name), wanted)
    evidence: dict[str, Any] = {"tables": [_told(one) for one in found]}
    pairs = list(zip(wanted, found, strict=True))
    wrong = [trouble for want, table in pairs if (trouble := _wrong(want, table))]
    if wrong:
        remedy = "keys cannot be changed: create the table anew from the data model, or correct the site"
        return fail("; ".join(wrong), remedy, **evidence)
    concerns = [concern for table in found for concern in _concerns(table)]
    if concerns:
        return warn("; ".join(concerns), PROTECT, **evidence)
    return passed(f"{named(len(found), 'table')} of {env.name}: active, with the keys of the data model", **evidence)


@check("dynamo.pitr", guide="7.1", severity="high", scope="environment", needs=["dynamodb:DescribeContinuousBackups"])
def pitr(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Each DynamoDB table can be restored to any second of its last days."""
    elsewhere = unchosen(site, DYNAMODB)
    if elsewhere:
        return elsewhere
    wanted = tables_of(site, env)
    if not wanted:
        return undefined(env)
    found = each(lambda one: aws.dynamodb.backups(one.name).recovery, wanted)
    recoveries = {table.name: recovery for table, recovery in zip(wanted, found, strict=True)}
    latest = {name: one.latest_restorable_date_time for name, one in recoveries.items()}
    evidence: dict[str, Any] = {
        "status": {name: one.point_in_time_recovery_status for name, one in recoveries.items()},
        "latest": {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in latest.items() if at},
    }
    off = [name for name, one in recoveries.items() if one.point_in_time_recovery_status != "ENABLED"]
    if not off:
        return passed(f"{named(len(recoveries), 'table')} of {env.name}: any second can be restored", **evidence)
    because = f"point-in-time recovery is off: {', '.join(off)}"
    remedy = "aws dynamodb update-continuous-backups with PointInTimeRecoveryEnabled=true"
    return fail(because, remedy, **evidence) if env.is_prod else warn(because, remedy, **evidence)


def _wrong(wanted: sites.Table, table: Table) -> str:
    name = table.table_name
    unready = _unready(table)
    if unready:
        return f"{name} {unready}"
    keys = {"HASH": (wanted.pk, wanted.pk_type), "RANGE": (wanted.sk, wanted.sk_type) if wanted.sk else None}
    for kind, expected in keys.items():
        if table.key(kind) != expected:
            return f"{name} has {_key(table.key(kind))} as {kind} key, expected {_key(expected)}"
    return ""


def _unready(table: Table) -> str:
    if table.table_status not in ("ACTIVE", "UPDATING"):
        return f"is {table.table_status}"
    broken = [one for one in table.global_secondary_indexes if one.index_status not in ("ACTIVE", "UPDATING")]
    return f"has an index that is {broken[0].index_status}: {broken[0].index_name}" if broken else ""


def _concerns(table: Table) -> list[str]:
    changing = [one.index_name for one in table.global_secondary_indexes if one.index_status == "UPDATING"]
    found = {
        f"{table.table_name} is being changed": table.table_status == "UPDATING",
        f"indexes of {table.table_name} are being changed: {', '.join(changing)}": bool(changing),
        f"{table.table_name} can be deleted by accident": not table.deletion_protection_enabled,
    }
    return [concern for concern, holds in found.items() if holds]


def _key(key: tuple[str, str | None] | None) -> str:
    return f"{key[0]} ({key[1]})" if key else "nothing"


def _told(table: Table) -> str:
    keys = " + ".join(_key(key) for kind in ("HASH", "RANGE") if (key := table.key(kind)))
    return f"{table.table_name}: {table.table_status}, {keys}, {table.billing_mode_summary.billing_mode}"
