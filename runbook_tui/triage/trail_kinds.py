"""What a write that CloudTrail tells of is about, and whether it is the backend's. Pure."""

from typing import Final

from runbook_tui.aws.facts.trail_event import TrailEvent
from runbook_tui.core.site import Environment
from runbook_tui.triage.changes import Kind

# Beginnings of operations, first match wins; with the service whose they are.
_KINDS: Final = (
    (("StartExperiment", "StopExperiment"), Kind.DRILL, "fis"),
    (("UpdateService", "CreateService", "StopServiceDeployment", "RegisterTaskDefinition"), Kind.DEPLOYMENT, "ecs"),
    (("DeregisterTaskDefinition", "DeleteService", "UpdateCluster", "StopTask"), Kind.CONFIGURATION, "ecs"),
    (("PutImage", "BatchDeleteImage", "PutLifecyclePolicy", "DeleteRepository"), Kind.IMAGE, "ecr"),
    (
        ("PutSecretValue", "UpdateSecret", "DeleteSecret", "RotateSecret", "RestoreSecret"),
        Kind.SECRET,
        "secretsmanager",
    ),
    (("PutParameter", "DeleteParameter"), Kind.SECRET, "ssm"),
    (("DeleteLogGroup", "CreateLogGroup", "PutRetentionPolicy"), Kind.LOGS, "logs"),
    (("ChangeResourceRecordSets", "DeleteHostedZone", "CreateHostedZone"), Kind.DNS, "route53"),
    (("RequestCertificate", "ImportCertificate", "DeleteCertificate"), Kind.CERTIFICATE, "acm"),
    (
        ("ModifyListener", "CreateListener", "DeleteListener", "CreateRule", "DeleteRule", "ModifyRule", "SetRule"),
        Kind.LISTENER,
        "elbv2",
    ),
    (("ModifyTargetGroup", "ModifyLoadBalancer", "SetSubnets", "SetSecurityGroups"), Kind.LISTENER, "elbv2"),
    (("RegisterScalableTarget", "PutScalingPolicy", "DeleteScalingPolicy"), Kind.SCALING, "application-autoscaling"),
)
_NETWORK: Final = (
    "SecurityGroup",
    "NetworkAcl",
    "Route",
    "VpcEndpoint",
    "NatGateway",
    "InternetGateway",
    "VpcPeering",
    "Subnet",
    "VpcAttribute",
)
_ROLE: Final = ("Role", "Policy", "AccessKey", "User")
_NOISE: Final = (
    "RegisterTargets",
    "DeregisterTargets",
    "CreateLogStream",
    "Assume",
    "ConsoleLogin",
    "GetSessionToken",
    "StartQuery",
    "Decrypt",
)
# Parameters that name a thing, most telling first.
_NAMES: Final = (
    "service",
    "secretId",
    "logGroupName",
    "groupId",
    "networkAclId",
    "associationId",
    "routeTableId",
    "vpcEndpointId",
    "natGatewayId",
    "roleName",
    "userName",
    "hostedZoneId",
    "certificateArn",
    "listenerArn",
    "ruleArn",
    "targetGroupArn",
    "loadBalancerArn",
    "repositoryName",
    "name",
    "resourceId",
    "taskDefinition",
)


def kind_of(event: TrailEvent) -> Kind:
    if event.by_service and event.name == "UpdateService":
        return Kind.SCALING  # autoscaling sets the desired count so
    for beginnings, kind, _ in _KINDS:
        if event.name.startswith(beginnings):
            return kind
    if any(word in event.name for word in _NETWORK):
        return Kind.NETWORK
    return Kind.ROLE if any(word in event.name for word in _ROLE) else Kind.OTHER


def source_of(event: TrailEvent) -> str:
    """``cloudtrail/`` and the service, where the operation alone tells it."""
    service = next((service for beginnings, _, service in _KINDS if event.name.startswith(beginnings)), "")
    if not service and kind_of(event) is Kind.NETWORK:
        service = "ec2"
    return f"cloudtrail/{service}" if service else "cloudtrail"


def resource_of(event: TrailEvent) -> str:
    return next((found for name in _NAMES if (found := event.parameter(name))), "")


def concerns(event: TrailEvent, env: Environment) -> bool:
    """Not the work of another service, secret or log group, and no mere bookkeeping."""
    if event.name.startswith(_NOISE):
        return False
    own = (("service", env.service), ("secretId", env.secret_name), ("logGroupName", env.log_group))
    given = [(event.parameter(name), mine) for name, mine in own]
    return all(not value or mine in value for value, mine in given)
