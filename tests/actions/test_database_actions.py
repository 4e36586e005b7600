"""Tables of DynamoDB and the private endpoint of Atlas: made, put in order, taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.core.plan import Risk
from runbook_tui.core.site import Atlas, Dynamodb, Table
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.names import SITE
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, fixes
from tests.support.inside import Inside
from tests.support.network_look import look as network
from tests.support.stepped import stepped
from tests.support.undoable import made_and_undone

pytestmark = pytest.mark.slow

SERVICE = f"com.amazonaws.vpce.{SITE.aws.region}.vpce-svc-0a1b2c3d4e5f60718"
TABLE = "asharvi-orders"


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with stepped() as simulator:
        site = load_site(simulator.site_path)
        named = Dynamodb(tables=(Table(name=TABLE, pk="id", sk="at", sk_type="N"),))
        yield Bench(Inside(simulator), Kit(replace(site, db=replace(site.db, migrating=True, dynamodb=named))))


def look(world: Bench) -> Any:
    """Everything of the table that an action may touch; None without one."""
    dynamodb = world.client("dynamodb")
    if TABLE not in dynamodb.list_tables()["TableNames"]:
        return None
    found = dynamodb.describe_table(TableName=TABLE)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=TABLE)["ContinuousBackupsDescription"]
    billing = found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    units = {name: found["ProvisionedThroughput"][name] for name in ("ReadCapacityUnits", "WriteCapacityUnits")}
    return {
        "keys": found["KeySchema"],
        "protected": found["DeletionProtectionEnabled"],
        "billing": (billing, units if billing == "PROVISIONED" else None),
        "recovery": recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
    }


def test_a_table_comes_and_while_it_is_empty_goes(world: Bench, tmp_path: Path) -> None:
    """Its way back asks for its name, and refuses once it holds anything."""
    made = fixes(
        world,
        tmp_path,
        "dynamodb.create-tables",
        lambda: look(world),
        {"dynamo.tables.active": Status.FAIL},
    )
    assert made.confirmation.word == "prod"
    acting = Acting(world.kit, tmp_path, one_step("dynamodb.create-tables"), "prod", "full")
    dynamodb = world.client("dynamodb")
    dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=TABLE)
    assert acting.made(acting.planned()).stage is Stage.DONE
    dynamodb.put_item(TableName=TABLE, Item={"id": {"S": "1"}, "at": {"N": "2"}})
    undone = acting.undone(1)
    acting.close()
    assert undone.plan is not None
    assert (undone.plan.risk, undone.confirmation.word) == (Risk.DESTRUCTIVE, TABLE)
    assert undone.stage is Stage.FAILED
    assert "Count is 1" in undone.reason
    assert look(world)["protected"]
    dynamodb.delete_item(TableName=TABLE, Key={"id": {"S": "1"}, "at": {"N": "2"}})


def test_a_table_is_put_in_order(world: Bench, tmp_path: Path) -> None:
    """Protected, restorable, billed by request; each is taken back to what it was."""
    dynamodb = world.client("dynamodb")
    units = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 5}
    dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=False)
    dynamodb.update_table(TableName=TABLE, BillingMode="PROVISIONED", ProvisionedThroughput=units)
    cases = {
        "dynamodb.create-tables": {"dynamo.tables.active": Status.WARN},
        "dynamodb.turn-recovery-on": {"dynamo.pitr": Status.FAIL},
        "dynamodb.bill-on-demand": {"dynamo.capacity": Status.WARN},
    }
    for action, checks in cases.items():
        fixes(world, tmp_path / action, action, lambda: look(world), checks)


def test_atlas_has_a_private_endpoint(world: Bench, tmp_path: Path) -> None:
    """In a subnet of each zone, behind a group that lets the tasks in; what was there before stays."""
    there = Atlas(connectivity="privatelink", endpoint_service=SERVICE)
    made = made_and_undone(
        world.of_site("db", atlas=there).kit,
        tmp_path,
        "ec2.create-atlas-endpoint",
        lambda: network(world.client("ec2")),
    )
    assert list(made.calls)[1:] == ["create-atlas"]
    unnamed = world.of_site("db", atlas=replace(there, endpoint_service=None)).kit
    bare = Acting(unnamed, tmp_path, one_step("ec2.create-atlas-endpoint"), "prod", "bare")
    assert "does not name" in bare.planned().reason
    bare.close()
