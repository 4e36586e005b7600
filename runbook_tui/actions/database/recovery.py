"""Each table can be restored to any second of its last days (guide 7.1)."""

from runbook_tui.actions.database.calls import GONE, on, wanted_tables
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("dynamodb.turn-recovery-on", guide="7.1", fixes=("dynamo.pitr",))
def turn_recovery_on(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Each table can be restored to any second from now on, 35 days back at most."""
    off = [one.name for one in wanted_tables(site, env) if _status(aws, one.name) != "ENABLED"]
    calls = tuple(_recovery(name, wanted=True) for name in off)
    return Plan(
        action="dynamodb.turn-recovery-on",
        title=f"Point-in-time recovery of {env.name}'s tables",
        environment=env.name,
        resource=" ".join(off),
        effect="AWS keeps every change of the last 35 days. It costs money by the gigabyte and month.",
        risk=Risk.CHANGE,
        undo_risk=Risk.DESTRUCTIVE,
        calls=calls,
        differences=tuple(Difference(what=f"recovery of {name}", before="off", after="on") for name in off),
        warnings=("the undo throws away what could be restored by then",) if off else (),
        permissions=needed(calls),
    )


def _status(aws: Aws, table: str) -> str:
    return aws.dynamodb.backups(table).recovery.point_in_time_recovery_status


def _recovery(table: str, *, wanted: bool) -> ApiCall:
    back = () if not wanted else (_recovery(table, wanted=False),)
    effect = f"{table} can {'be restored to any second' if wanted else 'no longer be restored to a second'}"
    return on(
        table,
        "update_continuous_backups",
        effect,
        *back,
        gone=() if wanted else (GONE, "TableNotFoundException"),
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": wanted},
    )
