"""The database: db.*, atlas.*"""

import json
from typing import Any

from runbook_tui.simulator.atlas_state import AtlasState
from tests.mutations.contract import FAIL, WARN, Row, both
from tests.support.standing import Standing

OPEN = {"groupId": "65a1b2c3d4e5f60718293a4b", "cidrBlock": "0.0.0.0/0", "comment": "temporary"}


def _atlas(world: Standing) -> AtlasState:
    return world.world.store(AtlasState)


def _moved(world: Standing) -> None:
    _atlas(world).region = "EU_WEST_1"


def _shared_tier(world: Standing) -> None:
    _atlas(world).tier = "M0"


def _opened(world: Standing) -> None:
    _atlas(world).access_list.append(dict(OPEN))


def _backup_off(world: Standing) -> None:
    _atlas(world).backup_enabled = False


def _alerts_gone(world: Standing) -> None:
    _atlas(world).alerts.clear()


def _route_gone(world: Standing) -> None:
    ec2 = world.client("ec2")
    tables = ec2.describe_route_tables()["RouteTables"]
    table = next(one for one in tables if any("VpcPeeringConnectionId" in route for route in one["Routes"]))
    ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=world.site.db.atlas.cidr)


def _peering_deleted(world: Standing) -> None:
    ec2 = world.client("ec2")
    (found,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=found["VpcPeeringConnectionId"])


def _host_names_off(world: Standing) -> None:
    ec2 = world.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [world.site.net.vpc_name]}])["Vpcs"]
    ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": False})


def _to_staging(world: Standing) -> None:
    secrets = world.client("secretsmanager")
    prod, staging = (world.site.environments[name].secret_name for name in ("prod", "staging"))
    value = json.loads(secrets.get_secret_value(SecretId=prod)["SecretString"])
    other = json.loads(secrets.get_secret_value(SecretId=staging)["SecretString"])
    value["MONGO_URI"] = other["MONGO_URI"]
    secrets.put_secret_value(SecretId=prod, SecretString=json.dumps(value))


def _second_database(world: Standing) -> None:
    """The newest revision itself is changed: no deployment, no other revision."""
    family = world.site.environments["prod"].task_family
    model: Any = world.world.backend("ecs").describe_task_definition(family)
    model.container_definitions[0]["environment"].append({"name": "DYNAMO_TABLE_USERS", "value": "users"})


def _complaint(world: Standing) -> None:
    logs, group = world.client("logs"), world.site.environments["prod"].log_group
    stream = logs.describe_log_streams(logGroupName=group)["logStreams"][0]["logStreamName"]
    now = int(world.operators_clock.now().timestamp() * 1000)
    said = [{"timestamp": now, "message": "MongoNetworkError: connection closed"}]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=said)


ROWS = (
    Row(check="atlas.region", name="the cluster was moved", change=_moved, flips={"atlas.region": FAIL}),
    Row(check="atlas.region", name="the tier is shared", change=_shared_tier, flips={"atlas.region": WARN}),
    Row(check="atlas.access-list", name="opened to all", change=_opened, flips={"atlas.access-list": FAIL}),
    Row(check="atlas.backup", name="backups are off", change=_backup_off, flips={"atlas.backup": FAIL}),
    Row(check="atlas.alerts", name="all alerts are gone", change=_alerts_gone, flips={"atlas.alerts": FAIL}),
    Row(
        check="atlas.connectivity.routes",
        name="one private table lost its route",
        change=_route_gone,
        flips={"atlas.connectivity.routes": FAIL},
    ),
    Row(
        check="atlas.connectivity.peering",
        name="the peering connection is deleted",
        change=_peering_deleted,
        flips={
            "atlas.connectivity.peering": FAIL,
            "atlas.connectivity.routes": FAIL,  # its target is gone
            **both("db.app-reachability", WARN),  # its driver has not given up yet, and so has not logged anything
            **both("probe.https", FAIL),  # the application says that it is not ready
        },
    ),
    Row(
        check="atlas.dns-peering",
        name="the VPC gives no host names",
        change=_host_names_off,
        flips={"atlas.dns-peering": WARN, "net.vpc.dns": FAIL},
    ),
    Row(
        check="atlas.uri-private",
        name="prod's secret points to staging's database",
        change=_to_staging,
        flips={**both("atlas.uri-private", FAIL), "secret.env-distinct": FAIL, "maint.secrets-rotated@prod": WARN},
    ),
    Row(
        check="db.choice",
        name="prod's task definition has a key of DynamoDB too",
        change=_second_database,
        flips={"db.choice": WARN},
    ),
    Row(
        check="db.app-reachability",
        name="the application complained once",
        change=_complaint,
        flips={"db.app-reachability@prod": WARN},
    ),
)
