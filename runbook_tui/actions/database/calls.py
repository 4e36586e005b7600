"""What changes of DynamoDB tables have in common: one request, and the wait until the table can be used again."""

from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.tables import tables_of
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import ApiCall, Ready
from runbook_tui.core.site import Environment, Site, Table

GONE: Final = "ResourceNotFoundException"
# A table that is being changed takes no other change, and one that is new has no backups yet.
BUSY: Final = ("ResourceInUseException", "ContinuousBackupsUnavailableException", "LimitExceededException")
_LONGEST: Final = 600.0  # seconds


def wanted_tables(site: Site, env: Environment) -> tuple[Table, ...]:
    """CannotPlan where the site names none of this environment."""
    found = tables_of(site, env) if site.db.uses("dynamodb") else ()
    if not found:
        raise CannotPlan(
            f"the site names no DynamoDB table of {env.name}", "set db.kind and db.dynamodb.tables in the site file"
        )
    return found


def on(
    table: str,
    operation: str,
    effect: str,
    *undo: ApiCall,
    ready: Ready | None = None,
    gone: tuple[str, ...] = (),
    **values: Any,
) -> ApiCall:
    """A request about one table."""
    return ApiCall(
        id=f"{operation.replace('_', '-')}-{table}",
        service="dynamodb",
        operation=operation,
        parameters={"TableName": table, **values},
        effect=effect,
        not_yet=BUSY,
        patience=_LONGEST,
        gone=gone,
        ready=ready,
        undo=undo,
    )


def status(table: str, wanted: str) -> Ready:
    """``""`` is wanted of a table that is to go."""
    return Ready(
        operation="describe_table",
        parameters={"TableName": table},
        path="Table.TableStatus",
        wanted=(wanted,),
        absent=(GONE,),
        timeout=_LONGEST,
    )


def recorded(aws: Aws, table: str) -> dict[str, Any]:
    """The whole table as AWS describes it."""
    return dict(aws.reader.read("dynamodb", "describe_table", TableName=table)["Table"])
