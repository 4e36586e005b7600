"""Guide, section 7: what a team prepares that moves its data to DynamoDB, while the application still uses MongoDB."""

import json
from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.core.site import Environment
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, tags_of
from runbook_tui.simulator.seed.network import permission
from runbook_tui.simulator.seed.registry import VERSION
from runbook_tui.simulator.seed.tags import listed, on_creation
from runbook_tui.simulator.world import World

KEY: Final = "DYNAMO_TABLE_USERS"
REQUIRED: Final = (*SITE.secrets.required_keys, KEY)
_ITEMS: Final = (
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DescribeTable",
)


def table_of(environment: Environment) -> str:
    return f"asharvi-users-{environment.name}"


def site() -> Mapping[str, Any]:
    """What the site file says of it."""
    tables = [{"name": table_of(each), "pk": "id", "pk_type": "S"} for each in ENVIRONMENTS.values()]
    return {
        "db": {"migrating": True, "dynamodb": {"tables": tables, "min_image_tag": VERSION}},
        "secrets": {"required_keys": list(REQUIRED)},
    }


def prepare(world: World) -> None:
    """Tables, rights and the way to them."""
    for environment in ENVIRONMENTS.values():
        _table(world, environment)
        _rights(world, environment)
    (vpc,) = world.call("ec2", "DescribeVpcs", Filters=_named("tag:Name", SITE.net.vpc_name))["Vpcs"]
    name = f"com.amazonaws.{world.region}.dynamodb"
    world.call(
        "ec2",
        "CreateVpcEndpoint",
        VpcEndpointType="Gateway",
        VpcId=vpc["VpcId"],
        ServiceName=name,
        RouteTableIds=_private_tables(world, vpc["VpcId"]),
        TagSpecifications=on_creation("vpc-endpoint", "asharvi-backend-dynamodb", SHARED),
    )
    lists = world.call("ec2", "DescribeManagedPrefixLists")["PrefixLists"]
    found = next(str(each["PrefixListId"]) for each in lists if each["PrefixListName"] == name)
    filters = _named("group-name", SITE.net.sg_ecs)
    (group,) = world.call("ec2", "DescribeSecurityGroups", Filters=filters)["SecurityGroups"]
    allowed = [permission(443, PrefixListIds=[{"PrefixListId": found}])]
    world.call("ec2", "AuthorizeSecurityGroupEgress", GroupId=group["GroupId"], IpPermissions=allowed)


def _named(name: str, *values: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": list(values)}]


def _private_tables(world: World, vpc: str) -> list[str]:
    """Those with a way out by NAT."""
    tables = world.call("ec2", "DescribeRouteTables", Filters=_named("vpc-id", vpc))["RouteTables"]
    private = [one for one in tables if any(route.get("NatGatewayId") for route in one["Routes"])]
    return [str(one["RouteTableId"]) for one in private]


def _table(world: World, environment: Environment) -> None:
    name = table_of(environment)
    world.call(
        "dynamodb",
        "CreateTable",
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
        Tags=listed(tags_of(environment)),
    )
    recovery = {"PointInTimeRecoveryEnabled": True}
    world.call("dynamodb", "UpdateContinuousBackups", TableName=name, PointInTimeRecoverySpecification=recovery)


def _rights(world: World, environment: Environment) -> None:
    table = world.arn("dynamodb", f"table/{table_of(environment)}")
    statement = {"Effect": "Allow", "Action": list(_ITEMS), "Resource": [table, f"{table}/index/*"]}
    world.call(
        "iam",
        "PutRolePolicy",
        RoleName=SITE.iam.task_role_of(environment.name),
        PolicyName="dynamodb",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
