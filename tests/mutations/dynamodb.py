"""The other database, in a world on its way to it: dynamo.*"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.verdict import Status
from runbook_tui.simulator.seed.dynamodb import KEY, table_of
from runbook_tui.simulator.seed.registry import push
from tests.mutations.contract import FAIL, SKIP, WARN, Row, both
from tests.support.changes import PROD, STAGING
from tests.support.standing import Standing

TABLE = table_of(PROD)


def _row(check: str, name: str, change: Callable[[Standing], object], flips: Mapping[str, Status]) -> Row:
    return Row(check=check, name=name, change=change, flips=flips, scenario="migrating")


def _updated(**values: Any) -> Callable[[Standing], object]:
    """Prod's table."""
    return lambda world: world.client("dynamodb").update_table(TableName=TABLE, **values)


def _table_gone(world: Standing) -> None:
    _updated(DeletionProtectionEnabled=False)(world)
    world.client("dynamodb").delete_table(TableName=TABLE)


def _recovery_off(world: Standing) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    world.client("dynamodb").update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=off)


def _endpoint_gone(world: Standing) -> None:
    name = f"com.amazonaws.{world.site.aws.region}.dynamodb"
    found = world.client("ec2").describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": [name]}])
    world.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[found["VpcEndpoints"][0]["VpcEndpointId"]])


def _key_of_staging(world: Standing) -> None:
    secrets = world.client("secretsmanager")
    held = json.loads(secrets.get_secret_value(SecretId=PROD.secret_name)["SecretString"])
    changed = json.dumps({**held, KEY: table_of(STAGING)})
    secrets.put_secret_value(SecretId=PROD.secret_name, SecretString=changed)


def _first_with_it(world: Standing, tag: str | None) -> None:
    world.change_site("db", dynamodb=replace(world.site.db.dynamodb, min_image_tag=tag))


def _newer_than_deployed(world: Standing) -> None:
    world.wait(60)
    for environment in (PROD, STAGING):
        push(world.world, environment.ecr_repo, "1.5.0")
    _first_with_it(world, "1.5.0")


ROWS = (
    _row(
        "dynamo.tables.active",
        "prod's table can be deleted by accident",
        _updated(DeletionProtectionEnabled=False),
        {"dynamo.tables.active@prod": WARN},
    ),
    _row(
        "dynamo.tables.active",
        "prod's table is gone",
        _table_gone,
        {
            "dynamo.tables.active@prod": FAIL,
            "dynamo.pitr@prod": SKIP,
            "dynamo.capacity@prod": SKIP,
            "dynamo.secret-keys@prod": FAIL,
        },
    ),
    _row("dynamo.pitr", "prod's table cannot be restored", _recovery_off, {"dynamo.pitr@prod": FAIL}),
    _row(
        "dynamo.capacity",
        "prod's table has a fixed capacity",
        _updated(BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}),
        {"dynamo.capacity@prod": WARN},
    ),
    _row(
        "dynamo.endpoint",
        "the endpoint of DynamoDB is gone",
        _endpoint_gone,
        {"dynamo.endpoint": WARN, "net.path.aws-apis": WARN},
    ),
    _row(
        "dynamo.secret-keys",
        "prod's key names staging's table",
        _key_of_staging,
        {"dynamo.secret-keys@prod": FAIL, "secret.env-distinct": FAIL, "maint.secrets-rotated@prod": WARN},
    ),
    _row(
        "dynamo.app-modified",
        "a release that is not deployed is the first with DynamoDB",
        _newer_than_deployed,
        both("dynamo.app-modified", FAIL),
    ),
    _row(
        "dynamo.app-modified",
        "nobody says which release is the first with DynamoDB",
        lambda world: _first_with_it(world, None),
        both("dynamo.app-modified", WARN),
    ),
)
