"""The two databases of the guide, as AWS describes them: a healthy world for both, and what a check says in it."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Denied
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.site import Db, Secrets, Site, Table
from runbook_tui.core.verdict import Status, Verdict
from tests.support.backend import FakeProbe
from tests.support.backend_site import ACCOUNT, PROD, SITE, STAGING, Raw, ago, arn
from tests.support.facts import NOON, Answers, FakeReader
from tests.support.ground import ECS_SG, PRIVATE, PUBLIC, VPC_ID, endpoint, endpoints, ground, route, table, tables
from tests.support.raw_ecs import container, secret_arn, task_definition

GUARDED = replace(SITE, secrets=Secrets(allow_value_read=True))
CIDR = SITE.db.atlas.cidr
TABLES = tuple(Table(name=f"asharvi-users-{env}", pk="id", sk="at", sk_type="N") for env in ("staging", "prod"))
PCX = "pcx-1"
NAT_IP = "203.0.113.7"


def db_site(kind: str = "mongodb_atlas", *, base: Site = GUARDED, **keys: Any) -> Site:
    return replace(base, db=replace(base.db, kind=kind, **keys))


def atlas_site(connectivity: str = "peering", *, base: Site = GUARDED, **keys: Any) -> Site:
    atlas = replace(base.db.atlas, connectivity=connectivity, project_id="a" * 24, cluster="main", api="on", **keys)
    return replace(base, db=replace(base.db, atlas=atlas))


def dynamo_site(base: Site = GUARDED, **keys: Any) -> Site:
    tables = replace(Db().dynamodb, tables=TABLES)
    return replace(base, db=replace(base.db, kind="dynamodb", dynamodb=tables, **keys))


ATLAS_SITE, DYNAMO = atlas_site(), dynamo_site()
MIGRATING = replace(DYNAMO, db=replace(DYNAMO.db, migrating=True))


class FakeAtlas:
    """Answers by path; an exception is raised, and a path without an answer is a mistake of the test."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self.asked: list[tuple[str, str]] = []

    def read(self, path: str, version: str) -> Mapping[str, Any]:
        self.asked.append((path, version))
        answer = self._given[path]
        if isinstance(answer, Exception):
            raise answer
        found: Mapping[str, Any] = answer() if callable(answer) else answer
        return found


class Stated:
    """What an operator has attested, for every check that is asked about."""

    def __init__(self, found: Attestation | None) -> None:
        self._found = found

    def attested(self, check: str, environment: str) -> Attestation | None:
        return self._found


class DbCase(Struct, frozen=True, kw_only=True):
    """A world and what a check must say in it. Without ``atlas`` nobody gave a key for the Admin API."""

    check: str
    status: Status
    given: Answers
    says: tuple[str, ...] = ()
    site: Site = GUARDED
    environment: str = "prod"
    atlas: Mapping[str, Any] | None = None
    stated: Attestation | None = None
    probe: Answer | Failure | None = None

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{' '.join(self.says)}"


def judge(case: DbCase) -> tuple[Verdict, FakeReader]:
    reader = FakeReader(case.given)
    atlas = FakeAtlas(case.atlas) if case.atlas is not None else None
    probe = FakeProbe(case.probe or ready())
    aws = Aws(reader, cast("Any", probe), lambda: NOON, Stated(case.stated), atlas=atlas)
    return ask(all_checks()[case.check], aws, case.site, case.environment), reader


def asked_in(check: str, cases: Iterable[DbCase]) -> set[str]:
    """IAM actions that the check needed, all its worlds taken together."""
    return {action for case in cases if case.check == check for action in judge(case)[1].actions}


def ready(status: int = 200) -> Answer:
    return Answer(url="https://api.asharvi.dev/ready", status=status, ms=40, headers={}, body=b"")


def refused() -> Denied:
    return Denied("Atlas does not accept the key", action="atlas: Project Read Only")


# --- AWS


def peering(status: str = "active", **changes: Any) -> Raw:
    return {
        "VpcPeeringConnectionId": PCX,
        "Status": {"Code": status, "Message": status},
        "RequesterVpcInfo": {"VpcId": "vpc-atlas", "OwnerId": "1" * 12, "CidrBlock": CIDR, "PeeringOptions": {}},
        "AccepterVpcInfo": {"VpcId": VPC_ID, "OwnerId": ACCOUNT, "CidrBlock": "10.20.0.0/16"},
        **changes,
    }


def peerings(*found: Raw) -> Callable[..., Raw]:
    """As AWS filters them by the end that the VPC stands at."""

    def describe(**asked: Any) -> Raw:
        end = "AccepterVpcInfo" if asked["Filters"][0]["Name"].startswith("accepter") else "RequesterVpcInfo"
        return {"VpcPeeringConnections": [one for one in found if one[end].get("VpcId") == VPC_ID]}

    return describe


def to_atlas(destination: str = CIDR, state: str = "active") -> Raw:
    return {"DestinationCidrBlock": destination, "VpcPeeringConnectionId": PCX, "State": state}


def peered_tables(*private: Raw, public: tuple[Raw, ...] = ()) -> Raw:
    return tables(
        table("rtb-main", main=True),
        table("rtb-public", route("igw-1"), *public, of=PUBLIC),
        table("rtb-private", route("nat-1"), *(private or (to_atlas(),)), of=PRIVATE),
    )


def private_endpoint(**changes: Any) -> Raw:
    usual = {
        "VpcEndpointId": "vpce-atlas",
        "SubnetIds": list(PRIVATE),
        "NetworkInterfaceIds": ["eni-a", "eni-b"],
        "PrivateDnsEnabled": False,
        "Groups": [{"GroupId": "sg-atlas"}],
    }
    return endpoint("com.amazonaws.vpce.ap-south-1.vpce-svc-0a1b2c3d4e5f60718", **{**usual, **changes})


def interfaces(*statuses: str) -> Raw:
    pairs = zip(("eni-a", "eni-b"), PRIVATE, statuses or ("in-use", "in-use"), strict=True)
    return {
        "NetworkInterfaces": [{"NetworkInterfaceId": eni, "SubnetId": net, "Status": is_} for eni, net, is_ in pairs]
    }


def secret_values(
    prod: Mapping[str, Any] | None = None, staging: Mapping[str, Any] | None = None
) -> Callable[..., Raw]:
    given = {PROD.secret_name: prod, STAGING.secret_name: staging}
    names = {PROD.secret_name: "prod", STAGING.secret_name: "staging"}

    def get(**asked: Any) -> Raw:
        name = asked["SecretId"]
        usual = {"MONGO_URI": uri(names[name]), "DYNAMO_TABLE_USERS": f"asharvi-users-{names[name]}"}
        kept = {key: text for key, text in {**usual, **(given[name] or {})}.items() if text is not None}
        return {"Name": name, "SecretString": json.dumps(kept)}

    return get


def uri(database: str, host: str = "main.ab1cd.mongodb.net", options: str = "serverSelectionTimeoutMS=5000") -> str:
    return f"mongodb+srv://app:planted-password@{host}/{database}?{options}"


def injecting(*keys: str, **changes: Any) -> Callable[..., Raw]:
    """Task definitions whose container gets these keys, from its environment's secret."""

    def describe(**asked: Any) -> Raw:
        env = STAGING if "staging" in asked["taskDefinition"] else PROD
        secrets = [{"name": key, "valueFrom": secret_arn(env, key)} for key in keys]
        given = container(env, secrets=secrets, **changes)
        return {"taskDefinition": task_definition(env, containerDefinitions=[given])}

    return describe


def dynamo_table(name: str = "asharvi-users-prod", **changes: Any) -> Raw:
    return {
        "TableName": name,
        "TableStatus": "ACTIVE",
        "KeySchema": [
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "GlobalSecondaryIndexes": [{"IndexName": "by-mail", "IndexStatus": "ACTIVE"}],
        "DeletionProtectionEnabled": True,
        **changes,
    }


def described(**changes: Any) -> Callable[..., Raw]:
    return lambda **asked: {"Table": dynamo_table(asked["TableName"], **changes)}


def backups(status: str = "ENABLED") -> Raw:
    recovery = {"PointInTimeRecoveryStatus": status, "LatestRestorableDateTime": ago(minutes=5)}
    if status == "DISABLED":
        recovery.pop("LatestRestorableDateTime")
    backed = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
    return {"ContinuousBackupsDescription": backed}


def metrics(**sums: float) -> Callable[..., Raw]:
    """The same for every operation: ``ThrottledRequests=3``."""

    def get(**asked: Any) -> Raw:
        results = []
        for one in asked["MetricDataQueries"]:
            value = sums.get(one["MetricStat"]["Metric"]["MetricName"])
            results.append({"Id": one["Id"], "StatusCode": "Complete", "Values": [] if value is None else [value]})
        return {"MetricDataResults": results}

    return get


def targets(*names: str) -> Raw:
    return {"ScalableTargets": [{"ResourceId": f"table/{name}"} for name in names]}


def pushed(**times: float) -> Callable[..., Raw]:
    """Images by tag, and how many days ago each was pushed."""

    def describe(**asked: Any) -> Raw:
        tag = asked["imageIds"][0]["imageTag"]
        return {"imageDetails": [{"imageDigest": f"sha256:{tag}", "imagePushedAt": ago(days=times[tag])}]}

    return describe


def event(message: str, minutes: float = 5) -> Raw:
    return {"timestamp": int(ago(minutes=minutes).timestamp() * 1000), "message": message}


def logged(*matching: Raw, quiet: bool = False) -> Callable[..., Raw]:
    """What the filter finds; without a filter there is one harmless event, unless the log is quiet."""

    def events(**asked: Any) -> Raw:
        if "filterPattern" in asked:
            return {"events": list(matching)}
        return {"events": [] if quiet else [event("GET /ready 200")]}

    return events


def db_ground() -> Answers:
    """Everything that the checks of this family ask of AWS, for either database."""
    nat = {"NatGatewayId": "nat-1", "State": "available", "NatGatewayAddresses": [{"PublicIp": NAT_IP}]}
    base = dict(ground())
    rules = base["ec2", "describe_security_group_rules"]
    ports = {"SecurityGroupRuleId": "sgr-atlas", "IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535}
    admits = {**ports, "GroupId": "sg-atlas", "IsEgress": False, "ReferencedGroupInfo": {"GroupId": ECS_SG}}

    def describe_rules(**asked: Any) -> Mapping[str, Any]:
        if asked["Filters"][0]["Values"] == ["sg-atlas"]:
            return {"SecurityGroupRules": [admits]}
        assert callable(rules)
        return rules(**asked)

    return {
        **base,
        ("ec2", "describe_vpc_peering_connections"): peerings(peering()),
        ("ec2", "describe_route_tables"): peered_tables(),
        ("ec2", "describe_nat_gateways"): {"NatGateways": [nat]},
        ("ec2", "describe_vpc_endpoints"): endpoints(
            private_endpoint(),
            endpoint("dynamodb", VpcEndpointType="Gateway", Groups=[], RouteTableIds=["rtb-private"]),
        ),
        ("ec2", "describe_network_interfaces"): interfaces(),
        ("ec2", "describe_security_group_rules"): describe_rules,
        ("secretsmanager", "get_secret_value"): secret_values(),
        ("ssm", "get_parameters_by_path"): {"Parameters": []},
        ("ecs", "describe_task_definition"): injecting("MONGO_URI"),
        ("ecr", "describe_images"): pushed(**{"1a2b3c4": 1, "v2": 2}),
        ("logs", "filter_log_events"): logged(),
        ("dynamodb", "describe_table"): described(),
        ("dynamodb", "describe_continuous_backups"): backups(),
        ("dynamodb", "list_tables"): {"TableNames": [one.name for one in TABLES]},
        ("cloudwatch", "get_metric_data"): metrics(),
        ("application-autoscaling", "describe_scalable_targets"): targets(),
    }


def but_db(**changed: Any) -> Answers:
    """That, with the answers of some operations changed."""
    services = {operation: service for service, operation in db_ground()}
    return {**db_ground(), **{(services[operation], operation): answer for operation, answer in changed.items()}}


def statement(check: str, text: str = "seen in Atlas", **changes: Any) -> Attestation:
    given = {"environment": "", "by": arn("sts", "assumed-role/Admin/asha"), "at": ago(days=3), **changes}
    expires = given.pop("expires", NOON.date())
    return Attestation(check=check, text=text, expires=expires, **given)
