"""ECS as AWS would describe it: raw, and healthy unless a test says otherwise."""

from datetime import datetime
from typing import Any

from runbook_tui.core.site import Environment
from tests.support.backend_site import ACCOUNT, GROUP, PROD, REGION, SITE, ZONES, Raw, ago, arn, group_arn

DIGEST = f"sha256:{'7' * 64}"
FORMER_DIGEST = f"sha256:{'6' * 64}"


def cluster(**changes: Any) -> Raw:
    return {
        "clusterArn": arn("ecs", f"cluster/{SITE.ecs.cluster}"),
        "clusterName": SITE.ecs.cluster,
        "status": "ACTIVE",
        "settings": [{"name": "containerInsights", "value": "enabled"}],
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        "activeServicesCount": 2,
        "runningTasksCount": 4,
        "pendingTasksCount": 0,
        "tags": [],
        **changes,
    }


def deployment(**changes: Any) -> Raw:
    return {
        "id": "ecs-svc/1",
        "status": "PRIMARY",
        "taskDefinition": arn("ecs", f"task-definition/{PROD.task_family}:7"),
        "rolloutState": "COMPLETED",
        "rolloutStateReason": "ECS deployment ecs-svc/1 completed.",
        "failedTasks": 0,
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "createdAt": ago(days=2),
        "updatedAt": ago(days=2),
        **changes,
    }


def event(text: str, at: datetime) -> Raw:
    return {"id": f"event-{at.timestamp():.0f}", "createdAt": at, "message": text}


def service(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "serviceArn": arn("ecs", f"service/{SITE.ecs.cluster}/{env.service}"),
        "serviceName": env.service,
        "clusterArn": arn("ecs", f"cluster/{SITE.ecs.cluster}"),
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "deploymentConfiguration": rollout_rules(),
        "taskDefinition": arn("ecs", f"task-definition/{env.task_family}:7"),
        "deployments": [deployment()],
        "events": [event(f"(service {env.service}) has reached a steady state.", ago(hours=1))],
        "loadBalancers": [link(env)],
        "networkConfiguration": {"awsvpcConfiguration": placement()},
        "healthCheckGracePeriodSeconds": 60,
        "enableExecuteCommand": False,
        "availabilityZoneRebalancing": "ENABLED",
        "createdAt": ago(days=90),
        "tags": [],
        **changes,
    }


def rollout_rules(**changes: Any) -> Raw:
    return {
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["asharvi-backend-prod-5xx"], "enable": True, "rollback": True},
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "strategy": "ROLLING",
        **changes,
    }


def link(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "targetGroupArn": group_arn(env.target_group),
        "containerName": env.container,
        "containerPort": SITE.app.port,
        **changes,
    }


def placement(**changes: Any) -> Raw:
    return {"subnets": list(ZONES), "securityGroups": [GROUP], "assignPublicIp": "DISABLED", **changes}


def release(status: str = "SUCCESSFUL", **changes: Any) -> Raw:
    return {
        "serviceDeploymentArn": arn("ecs", f"service-deployment/{SITE.ecs.cluster}/{PROD.service}/new"),
        "targetServiceRevisionArn": revision_arn(7),
        "status": status,
        "createdAt": ago(days=2),
        "deploymentCircuitBreaker": {"status": "MONITORING_COMPLETE", "failureCount": 0, "threshold": 3},
        **changes,
    }


def revision_arn(number: int) -> str:
    return arn("ecs", f"service-revision/{SITE.ecs.cluster}/{PROD.service}/{number}")


def former_release(**changes: Any) -> Raw:
    """The one before, of which only the list is asked."""
    name = arn("ecs", f"service-deployment/{SITE.ecs.cluster}/{PROD.service}/old")
    given = {"serviceDeploymentArn": name, "targetServiceRevisionArn": revision_arn(6), "createdAt": ago(days=9)}
    return release(**{**given, **changes})


def service_revision(number: int, digest: str, env: Environment = PROD, **changes: Any) -> Raw:
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{env.ecr_repo}:v{number}"
    return {
        "serviceRevisionArn": revision_arn(number),
        "taskDefinition": arn("ecs", f"task-definition/{env.task_family}:{number}"),
        "containerImages": [{"containerName": env.container, "image": image, "imageDigest": digest}],
        "createdAt": ago(days=2),
        **changes,
    }


def container(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "name": env.container,
        "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{env.ecr_repo}:1a2b3c4",
        "essential": True,
        "linuxParameters": {"initProcessEnabled": True},
        "portMappings": [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}],
        "environment": [{"name": "NODE_ENV", "value": "production"}],
        "secrets": [{"name": key, "valueFrom": secret_arn(env, key)} for key in SITE.secrets.required_keys],
        "logConfiguration": log_configuration(env),
        "healthCheck": health(),
        **changes,
    }


def secret_arn(env: Environment = PROD, key: str = "", stage: str = "", version: str = "") -> str:
    return arn("secretsmanager", f"secret:{env.secret_name}-AbC123:{key}:{stage}:{version}")


def log_configuration(env: Environment = PROD, driver: str = "awslogs", **options: str) -> Raw:
    given = {name.replace("_", "-"): value for name, value in options.items()}
    defaults = {"awslogs-group": env.log_group, "awslogs-region": REGION, "awslogs-stream-prefix": "app"}
    return {"logDriver": driver, "options": {**defaults, **given}}


def health(*command: str, **changes: Any) -> Raw:
    given = list(command) or ["CMD-SHELL", "wget -qO- http://127.0.0.1:3000/ready || exit 1"]
    return {"command": given, "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 30, **changes}


def task_definition(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "taskDefinitionArn": arn("ecs", f"task-definition/{env.task_family}:7"),
        "family": env.task_family,
        "revision": 7,
        "status": "ACTIVE",
        "cpu": str(env.cpu),
        "memory": str(env.memory),
        "networkMode": "awsvpc",
        "compatibilities": ["EC2", "FARGATE"],
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{SITE.iam.task_role_of(env.name)}",
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{SITE.iam.execution_role}",
        "containerDefinitions": [container(env)],
        "registeredAt": ago(days=3),
        "registeredBy": f"arn:aws:iam::{ACCOUNT}:role/deploy",
        **changes,
    }


def task(number: int, zone: str = "ap-south-1a", **changes: Any) -> Raw:
    return {
        "taskArn": arn("ecs", f"task/{SITE.ecs.cluster}/{number:032x}"),
        "lastStatus": "RUNNING",
        "availabilityZone": zone,
        "startedBy": "ecs-svc/1",
        "healthStatus": "HEALTHY",
        "containers": [running_container()],
        "attachments": [{"type": "ElasticNetworkInterface", "details": [{"name": "subnetId", "value": "subnet-0a"}]}],
        **changes,
    }


def running_container(digest: str = DIGEST, health_status: str = "HEALTHY") -> Raw:
    shown = {"imageDigest": digest} if digest else {}
    return {"name": "app", "image": "app:1", "lastStatus": "RUNNING", "healthStatus": health_status, **shown}


def stopped(number: int, minutes: float, code: str = "EssentialContainerExited", **changes: Any) -> Raw:
    """A task that ended some minutes ago."""
    ended = {"lastStatus": "STOPPED", "stopCode": code, "stoppedAt": ago(minutes=minutes)}
    return task(number, **{**ended, "containers": [{"name": "app", "exitCode": 1}], **changes})
