"""The tables bear whatever is asked of them (guide 7.2)."""

from typing import Any

from runbook_tui.actions.database.calls import on, recorded, status, wanted_tables
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_ON_DEMAND = "PAY_PER_REQUEST"


@action("dynamodb.bill-on-demand", guide="7.2", fixes=("dynamo.capacity",))
def bill_on_demand(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """No table is bound to a fixed capacity: each takes what is asked of it, and is paid by request."""
    names = [one.name for one in wanted_tables(site, env)]
    tables = {name: recorded(aws, name) for name in names if aws.dynamodb.table(name).provisioned}
    calls = tuple(_on_demand(name, table) for name, table in tables.items())
    scaled = sorted(aws.dynamodb.scaled(names) & tables.keys())
    return Plan(
        action="dynamodb.bill-on-demand",
        title=f"On-demand billing of {env.name}'s tables",
        environment=env.name,
        resource=" ".join(tables),
        effect="Requests are no longer throttled at a fixed rate, and the bill follows the requests.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(
            Difference(what=f"capacity of {name}", before=_units_told(table), after="on demand")
            for name, table in tables.items()
        ),
        warnings=(
            *(("AWS lets a table change its billing mode only a few times in 24 hours",) if calls else ()),
            *((f"the autoscaler's targets of {', '.join(scaled)} stay, without effect",) if scaled else ()),
        ),
        permissions=needed(calls),
    )


def _on_demand(name: str, table: dict[str, Any]) -> ApiCall:
    indexes = [
        {"Update": {"IndexName": one["IndexName"], "ProvisionedThroughput": _units(one)}}
        for one in table.get("GlobalSecondaryIndexes", ())
    ]
    more: dict[str, Any] = {"GlobalSecondaryIndexUpdates": indexes} if indexes else {}
    back = on(
        name,
        "update_table",
        f"{name} has its fixed capacity again",
        ready=status(name, "ACTIVE"),
        BillingMode="PROVISIONED",
        ProvisionedThroughput=_units(table),
        **more,
    )
    effect = f"{name} takes what is asked of it"
    return on(name, "update_table", effect, back, ready=status(name, "ACTIVE"), BillingMode=_ON_DEMAND)


def _units(of: dict[str, Any]) -> dict[str, int]:
    """Of a table or an index, as AWS takes them back."""
    told = of["ProvisionedThroughput"]
    return {name: int(told[name]) for name in ("ReadCapacityUnits", "WriteCapacityUnits")}


def _units_told(table: dict[str, Any]) -> str:
    units = _units(table)
    return f"{units['ReadCapacityUnits']} reads, {units['WriteCapacityUnits']} writes a second"
