"""The tables of the data model are there (guide 7.2)."""

from typing import Any

from runbook_tui.actions.database.calls import GONE, on, status, wanted_tables
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Ready, Risk
from runbook_tui.core.site import Environment, Site, Table


@action("dynamodb.create-tables", guide="7.2", fixes=("dynamo.tables.active",))
def create_tables(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Each table of the data model is there, with its keys, and cannot be deleted by accident."""
    wanted = wanted_tables(site, env)
    found = {one.name: _protected(aws, one) for one in wanted}
    calls = tuple(_change(site, env, one, protected=found[one.name]) for one in wanted if found[one.name] is not True)
    touched = [one for one in wanted if found[one.name] is not True]
    return Plan(
        action="dynamodb.create-tables",
        title=f"DynamoDB tables of {env.name}",
        environment=env.name,
        resource=" ".join(one.name for one in touched),
        effect="The tables are billed by request, so an empty one costs nothing. Nothing uses them yet.",
        risk=Risk.CHANGE,
        undo_risk=Risk.DESTRUCTIVE,
        calls=calls,
        differences=tuple(_difference(one, protected=found[one.name]) for one in touched),
        warnings=("the keys of a table cannot be changed later",) if None in found.values() else (),
        permissions=needed(calls),
    )


def _protected(aws: Aws, table: Table) -> bool | None:
    """Whether it cannot be deleted by accident; None where there is no such table."""
    try:
        return aws.dynamodb.table(table.name).deletion_protection_enabled
    except Missing:
        return None


def _difference(table: Table, *, protected: bool | None) -> Difference:
    if protected is None:
        return Difference(what=f"table {table.name}", before="", after=" + ".join(name for name, _, _ in _keys(table)))
    return Difference(what=f"deletion protection of {table.name}", before="off", after="on")


def _change(site: Site, env: Environment, table: Table, *, protected: bool | None) -> ApiCall:
    return _creation(site, env, table) if protected is None else _protection(table.name, on_now=True)


def _creation(site: Site, env: Environment, table: Table) -> ApiCall:
    keys = _keys(table)
    return on(
        table.name,
        "create_table",
        f"the table {table.name}",
        *_removal(table.name),
        ready=status(table.name, "ACTIVE"),
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind, _ in keys],
        KeySchema=[{"AttributeName": name, "KeyType": role} for name, _, role in keys],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
        Tags=listed(tags_of(site, env)),
    )


def _removal(table: str) -> tuple[ApiCall, ...]:
    """Only while it is empty. The number of items that AWS tells is six hours old: one page is read instead."""
    first: dict[str, Any] = {"Limit": 1, "Select": "COUNT", "ConsistentRead": True}
    empty = Ready(
        operation="scan",
        parameters={"TableName": table, **first},
        path="Count",
        wanted=("0", ""),
        failed=("1",),
        absent=(GONE,),
        timeout=10.0,
    )
    return (
        on(table, "scan", f"look that {table} holds nothing", ready=empty, gone=(GONE,), **first),
        _protection(table, on_now=False),
        on(table, "delete_table", f"{table} is gone", ready=status(table, ""), gone=(GONE,)),
    )


def _protection(table: str, *, on_now: bool) -> ApiCall:
    def update(effect: str, *undo: ApiCall, wanted: bool) -> ApiCall:
        # taking it off is only ever a way back, and a table that is gone needs none
        gone = () if wanted else (GONE,)
        return on(table, "update_table", effect, *undo, gone=gone, DeletionProtectionEnabled=wanted)

    off = update(f"{table} may be deleted", wanted=False)
    return update(f"{table} cannot be deleted by accident", off, wanted=True) if on_now else off


def _keys(table: Table) -> tuple[tuple[str, str, str], ...]:
    """Name, type and role."""
    partition = (table.pk, table.pk_type, "HASH")
    return (partition, (table.sk, table.sk_type or "S", "RANGE")) if table.sk else (partition,)
