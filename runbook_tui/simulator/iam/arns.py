"""Request members that name resources, and the ARNs that they stand for. The first that is given counts."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

Resource = Callable[["World", str, Mapping[str, Any]], str]


def _itself(_world: "World", value: str, _parameters: Mapping[str, Any]) -> str:
    return value


def _in_region(service: str, before: str, after: str = "") -> Resource:
    """``before`` + value + ``after`` in this region and account; an ARN stays as it is."""

    def resource(world: "World", value: str, _parameters: Mapping[str, Any]) -> str:
        return value if value.startswith("arn:") else world.arn(service, f"{before}{value}{after}")

    return resource


def _in_cluster(kind: str) -> Resource:
    def resource(world: "World", value: str, parameters: Mapping[str, Any]) -> str:
        if value.startswith("arn:"):
            return value
        cluster = str(parameters.get("cluster") or "default").rpartition("/")[2]
        return world.arn("ecs", f"{kind}/{cluster}/{value}")

    return resource


def _secret(world: "World", value: str, _parameters: Mapping[str, Any]) -> str:
    """A name or an ARN, whole or without its end."""
    for secret in world.backend("secretsmanager").secrets.values():
        if value in (secret.name, secret.arn, secret.arn.rpartition("-")[0]):
            return str(secret.arn)
    return value if value.startswith("arn:") else world.arn("secretsmanager", f"secret:{value}-??????")


def _log_group(world: "World", value: str, parameters: Mapping[str, Any]) -> str:
    name = value.split(":log-group:", 1)[-1].removesuffix(":*")
    return world.arn("logs", f"log-group:{name}:log-stream:{parameters.get('logStreamName') or ''}")


def _of_iam(kind: str, collection: str) -> Resource:
    """With its path, which the name does not tell."""

    def resource(world: "World", value: str, _parameters: Mapping[str, Any]) -> str:
        for model in getattr(world.backend("iam"), collection).values():
            if model.name == value:
                return str(model.arn)
        return f"arn:aws:iam::{world.account}:{kind}/{value}"

    return resource


def _bucket(_world: "World", value: str, parameters: Mapping[str, Any]) -> str:
    key = parameters.get("Key")
    return f"arn:aws:s3:::{value}/{key}" if key else f"arn:aws:s3:::{value}"


def _zone(_world: "World", value: str, _parameters: Mapping[str, Any]) -> str:
    return f"arn:aws:route53:::hostedzone/{value.rpartition('/')[2]}"


def _parameter(world: "World", value: str, _parameters: Mapping[str, Any]) -> str:
    return world.arn("ssm", f"parameter/{value.removeprefix('/')}")


MEMBERS: Mapping[str, Mapping[str, Resource]] = {
    "ecs": {
        "serviceDeploymentArn": _itself,
        "serviceDeploymentArns": _itself,
        "serviceRevisionArns": _itself,
        "resourceArn": _itself,
        "service": _in_cluster("service"),
        "services": _in_cluster("service"),
        "serviceName": _in_cluster("service"),
        "task": _in_cluster("task"),
        "tasks": _in_cluster("task"),
        "taskDefinition": _in_region("ecs", "task-definition/"),
        "cluster": _in_region("ecs", "cluster/"),
        "clusters": _in_region("ecs", "cluster/"),
        "clusterName": _in_region("ecs", "cluster/"),
    },
    "elbv2": dict.fromkeys(
        ("RuleArn", "ListenerArn", "TargetGroupArn", "LoadBalancerArn", "ResourceArns", "Rules"), _itself
    ),
    "secretsmanager": {"SecretId": _secret, "Name": _secret},
    "ecr": {
        "repositoryName": _in_region("ecr", "repository/"),
        "repositoryNames": _in_region("ecr", "repository/"),
        "resourceArn": _itself,
    },
    "logs": {"logGroupName": _log_group, "logGroupIdentifier": _log_group, "logGroupNames": _log_group},
    "cloudwatch": {
        "AlarmName": _in_region("cloudwatch", "alarm:"),
        "AlarmNames": _in_region("cloudwatch", "alarm:"),
        "ResourceARN": _itself,
    },
    "ec2": {
        "GroupId": _in_region("ec2", "security-group/"),
        "NetworkAclId": _in_region("ec2", "network-acl/"),
        "RouteTableId": _in_region("ec2", "route-table/"),
        "SubnetId": _in_region("ec2", "subnet/"),
        "VpcEndpointIds": _in_region("ec2", "vpc-endpoint/"),
        "NatGatewayId": _in_region("ec2", "natgateway/"),
        "VpcId": _in_region("ec2", "vpc/"),
    },
    "iam": {
        "RoleName": _of_iam("role", "roles"),
        "UserName": _of_iam("user", "users"),
        "GroupName": _of_iam("group", "groups"),
        "PolicyArn": _itself,
        "PolicySourceArn": _itself,
        "OpenIDConnectProviderArn": _itself,
    },
    "sts": {"RoleArn": _itself},
    "s3": {"Bucket": _bucket},
    "sns": {"TopicArn": _itself, "ResourceArn": _itself, "Name": _in_region("sns", "")},
    "lambda": {"FunctionName": _in_region("lambda", "function:")},
    "cloudtrail": {"TrailName": _in_region("cloudtrail", "trail/"), "Name": _in_region("cloudtrail", "trail/")},
    "fis": {
        "experimentTemplateId": _in_region("fis", "experiment-template/"),
        "id": _in_region("fis", "experiment/"),
    },
    "route53": {"HostedZoneId": _zone, "Id": _zone},
    "acm": {"CertificateArn": _itself},
    "ssm": {"Name": _parameter, "Names": _parameter},
    "kms": {"KeyId": _in_region("kms", "key/")},
    "dynamodb": {"TableName": _in_region("dynamodb", "table/")},
    "events": {"Rule": _in_region("events", "rule/"), "Name": _in_region("events", "rule/")},
}
