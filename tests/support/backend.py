"""The guide's backend as AWS would describe it: raw answers, healthy unless a test says otherwise."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Aws, Domain, Environment, Site, environment_defaults
from runbook_tui.core.verdict import Status, Verdict
from tests.support.facts import NOON, Answers, FakeReader, aws_of, with_answer

ACCOUNT = "123456789012"
REGION = "ap-south-1"
ENVIRONMENTS = {
    name: Environment(**environment_defaults(name, "asharvi", "asharvi.dev")) for name in ("staging", "prod")
}
SITE = Site(aws=Aws(account_id=ACCOUNT, region=REGION), domain=Domain(zone="asharvi.dev"), environments=ENVIRONMENTS)
PROD, STAGING = ENVIRONMENTS["prod"], ENVIRONMENTS["staging"]
VPC = "vpc-0a1b2c3d4e5f60718"
GROUP = "sg-0ec5bac4e00000001"
ZONES = {"subnet-0a": "aps1-az1", "subnet-0b": "aps1-az3"}
CIDRS = dict(zip(ZONES, SITE.net.private_subnets, strict=True))

Raw = dict[str, Any]


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def group_arn(name: str) -> str:
    return arn("elasticloadbalancing", f"targetgroup/{name}/73e2d6bc24d8a067")


BALANCER_ARN = arn("elasticloadbalancing", f"loadbalancer/app/{SITE.alb.name}/50dc6c495c0c9188")


def site_with(**sections: Any) -> Site:
    return replace(SITE, **sections)


def with_environment(name: str, **changes: Any) -> Site:
    return site_with(environments={**ENVIRONMENTS, name: replace(ENVIRONMENTS[name], **changes)})


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
        "status": status,
        "createdAt": ago(days=2),
        "deploymentCircuitBreaker": {"status": "MONITORING_COMPLETE", "failureCount": 0, "threshold": 3},
        **changes,
    }


def container(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "name": env.container,
        "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{env.ecr_repo}:1a2b3c4",
        "essential": True,
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
        "containerDefinitions": [container(env)],
        "registeredAt": ago(days=3),
        **changes,
    }


def task(number: int, zone: str = "ap-south-1a", **changes: Any) -> Raw:
    return {
        "taskArn": arn("ecs", f"task/{SITE.ecs.cluster}/{number:032x}"),
        "lastStatus": "RUNNING",
        "availabilityZone": zone,
        "startedBy": "ecs-svc/1",
        "containers": [{"name": "app", "image": "app:1", "lastStatus": "RUNNING"}],
        "attachments": [{"type": "ElasticNetworkInterface", "details": [{"name": "subnetId", "value": "subnet-0a"}]}],
        **changes,
    }


def stopped(number: int, minutes: float, code: str = "EssentialContainerExited", **changes: Any) -> Raw:
    """A task that ended some minutes ago."""
    ended = {"lastStatus": "STOPPED", "stopCode": code, "stoppedAt": ago(minutes=minutes)}
    return task(number, **{**ended, "containers": [{"name": "app", "exitCode": 1}], **changes})


def balancer(**changes: Any) -> Raw:
    return {
        "LoadBalancerArn": BALANCER_ARN,
        "LoadBalancerName": SITE.alb.name,
        "DNSName": "asharvi-backend-alb-1.ap-south-1.elb.amazonaws.com",
        "CanonicalHostedZoneId": "ZP97RAFLXTNZK",
        "Type": "application",
        "Scheme": "internet-facing",
        "VpcId": VPC,
        "State": {"Code": "active"},
        "IpAddressType": "ipv4",
        **changes,
    }


def redirect(**changes: Any) -> Raw:
    given = {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
        **changes,
    }
    return {"Type": "redirect", "Order": 1, "RedirectConfig": given}


def listener(port: int, **changes: Any) -> Raw:
    plain = {"Protocol": "HTTP", "DefaultActions": [redirect()]}
    certificate = arn("acm", "certificate/0f4a7d1c-8a1b-4c52-9d3e-000000000001")
    encrypted = {
        "Protocol": "HTTPS",
        "SslPolicy": SITE.alb.ssl_policy,
        "Certificates": [{"CertificateArn": certificate}],
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    }
    return {
        "ListenerArn": arn("elasticloadbalancing", f"listener/app/{SITE.alb.name}/50dc6c495c0c9188/{port}"),
        "LoadBalancerArn": BALANCER_ARN,
        "Port": port,
        **(encrypted if port == 443 else plain),
        **changes,
    }


def rule(*actions: Raw, default: bool = False) -> Raw:
    number = arn("elasticloadbalancing", f"listener-rule/app/{SITE.alb.name}/1/2/{len(actions)}")
    return {"RuleArn": number, "Priority": "default" if default else "10", "IsDefault": default, "Actions": [*actions]}


def target_group(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "TargetGroupArn": group_arn(env.target_group),
        "TargetGroupName": env.target_group,
        "TargetType": "ip",
        "Protocol": "HTTP",
        "ProtocolVersion": "HTTP1",
        "Port": 3000,
        "VpcId": VPC,
        "LoadBalancerArns": [BALANCER_ARN],
        "HealthCheckEnabled": True,
        "HealthCheckPath": "/ready",
        "HealthCheckPort": "traffic-port",
        "HealthCheckProtocol": "HTTP",
        "HealthCheckIntervalSeconds": 15,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 3,
        "Matcher": {"HttpCode": "200"},
        **changes,
    }


def target(state: str = "healthy", zone: str = "ap-south-1a", reason: str = "") -> Raw:
    told = {"State": state, **({"Reason": reason, "Description": reason} if reason else {})}
    return {"Target": {"Id": "10.20.10.17", "Port": 3000, "AvailabilityZone": zone}, "TargetHealth": told}


def log_group(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "logGroupName": env.log_group,
        "arn": arn("logs", f"log-group:{env.log_group}:*"),
        "retentionInDays": 30,
        "storedBytes": 1024,
        "logGroupClass": "STANDARD",
        **changes,
    }


def healthy() -> Answers:
    """Everything that the checks of the backend ask, for both environments."""
    groups = {env.target_group: target_group(env) for env in (PROD, STAGING)}

    def describe_target_groups(**asked: Any) -> Mapping[str, Any]:
        (name,) = asked["Names"]
        if name not in groups:
            raise Missing("elbv2:target-group", name)
        return {"TargetGroups": [groups[name]]}

    def list_tasks(**asked: Any) -> Mapping[str, Any]:
        return {"taskArns": ["task/1", "task/2"] if asked["desiredStatus"] == "RUNNING" else []}

    def describe_services(**asked: Any) -> Mapping[str, Any]:
        return {"services": [service(env) for env in (PROD, STAGING) if env.service in asked["services"]]}

    def describe_task_definition(**asked: Any) -> Mapping[str, Any]:
        return {"taskDefinition": task_definition(STAGING if "staging" in asked["taskDefinition"] else PROD)}

    groups_in_use = [{"GroupId": GROUP, "GroupName": SITE.net.sg_ecs, "VpcId": VPC}]
    subnets = [
        {"SubnetId": name, "VpcId": VPC, "CidrBlock": CIDRS[name], "AvailabilityZoneId": zone}
        for name, zone in ZONES.items()
    ]
    certificates = [{**one, "IsDefault": True} for one in listener(443)["Certificates"]]
    policy = {"Name": SITE.alb.ssl_policy, "SslProtocols": ["TLSv1.2", "TLSv1.3"]}
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    targets = [target(), target(zone="ap-south-1b")]
    return {
        ("ecs", "describe_clusters"): {"clusters": [cluster()], "failures": []},
        ("ecs", "describe_services"): describe_services,
        ("ecs", "list_service_deployments"): {"serviceDeployments": [release()]},
        ("ecs", "describe_service_deployments"): {"serviceDeployments": [release()]},
        ("ecs", "describe_task_definition"): describe_task_definition,
        ("ecs", "list_tasks"): list_tasks,
        ("ecs", "describe_tasks"): {"tasks": [task(1), task(2, "ap-south-1b")], "failures": []},
        ("ec2", "describe_subnets"): {"Subnets": subnets},
        ("ec2", "describe_security_groups"): {"SecurityGroups": groups_in_use},
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": [balancer()]},
        ("elbv2", "describe_listeners"): {"Listeners": [listener(80), listener(443)]},
        ("elbv2", "describe_rules"): {"Rules": [rule(redirect(), default=True)]},
        ("elbv2", "describe_listener_certificates"): {"Certificates": certificates},
        ("elbv2", "describe_ssl_policies"): {"SslPolicies": [policy]},
        ("elbv2", "describe_target_groups"): describe_target_groups,
        ("elbv2", "describe_target_health"): {"TargetHealthDescriptions": targets},
        ("elbv2", "describe_target_group_attributes"): {"Attributes": delay},
        ("logs", "describe_log_groups"): {"logGroups": [log_group(PROD), log_group(STAGING)]},
    }


def with_service(**changes: Any) -> Answers:
    """Production's service, changed."""
    return with_answer(healthy(), "ecs", "describe_services", {"services": [service(**changes)]})


def with_container(**changes: Any) -> Answers:
    """The container of production's newest task definition, changed."""
    raw = task_definition(containerDefinitions=[container(**changes)])
    return with_answer(healthy(), "ecs", "describe_task_definition", {"taskDefinition": raw})


class FakeProbe:
    """Answers in order; the last one again and again."""

    def __init__(self, *found: Answer | Failure) -> None:
        self._found = list(found)
        self.asked: list[str] = []

    def get(self, url: str, *, timeout: float = 5.0, follow: bool = False) -> Answer | Failure:
        self.asked.append(url)
        return self._found.pop(0) if len(self._found) > 1 else self._found[0]


class Case(Struct, frozen=True, kw_only=True):
    """A world, and what a check must say in it. ``says`` are parts of its because."""

    check: str
    status: Status
    given: Answers
    says: tuple[str, ...] = ()
    environment: str = "prod"
    site: Site = SITE

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{' '.join(self.says)}"


def judged(case: Case) -> tuple[Verdict, FakeReader]:
    reader = FakeReader(case.given)
    return ask(all_checks()[case.check], aws_of(reader, NOON), case.site, case.environment), reader


def asked_by(check: str, cases: Iterable[Case]) -> set[str]:
    """IAM actions that the check needed, all its worlds taken together."""
    found: set[str] = set()
    for case in cases:
        if case.check == check:
            found |= judged(case)[1].actions
    return found
