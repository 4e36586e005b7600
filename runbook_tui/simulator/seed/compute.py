"""Guide, section 5: cluster, task definitions, services."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from runbook_tui.core.site import Environment
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, tags_of
from runbook_tui.simulator.seed import past
from runbook_tui.simulator.seed.network import Places
from runbook_tui.simulator.seed.observability import alarm_name
from runbook_tui.simulator.seed.registry import FORMER, VERSION, image
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

# so long ago the services were deployed: by now they are steady, and their alarms have been watched
_EARLIER = timedelta(minutes=20)
_FORMER = timedelta(days=10)  # when the release before was deployed, the day it was pushed


def seed(
    world: World, places: Places, secrets: Mapping[str, str], groups: Mapping[str, str], keys: Sequence[str]
) -> None:
    """``keys`` are those of the secrets that the containers get."""
    with world.clock.during(world.clock.now() - _EARLIER):
        _deploy(world, places, secrets, groups, keys)
    world.agenda.catch_up()


def _deploy(
    world: World, places: Places, secrets: Mapping[str, str], groups: Mapping[str, str], keys: Sequence[str]
) -> None:
    world.call(
        "ecs",
        "CreateCluster",
        clusterName=SITE.ecs.cluster,
        settings=[{"name": "containerInsights", "value": SITE.ecs.insights}],
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        tags=_tags(SHARED),
    )
    for name, environment in ENVIRONMENTS.items():
        injected = {key: f"{secrets[name]}:{key}::" for key in keys}
        former = _former_definition(world, environment, injected)
        definition = _definition(world, environment, injected)
        _service(world, environment, definition, places, groups[name])
        past.release(world, environment, former, world.began - _FORMER)


def _former_definition(world: World, environment: Environment, injected: Mapping[str, str]) -> str:
    with world.clock.during(world.began - _FORMER):
        return _definition(world, environment, injected, FORMER)


def _definition(world: World, environment: Environment, injected: Mapping[str, str], version: str = VERSION) -> str:
    roles = f"arn:aws:iam::{world.account}:role"
    answer = world.call(
        "ecs",
        "RegisterTaskDefinition",
        family=environment.task_family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu=str(environment.cpu),
        memory=str(environment.memory),
        taskRoleArn=f"{roles}/{SITE.iam.task_role_of(environment.name)}",
        executionRoleArn=f"{roles}/{SITE.iam.execution_role}",
        runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        containerDefinitions=[_container(world, environment, injected, version)],
        tags=_tags(tags_of(environment)),
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def _container(world: World, environment: Environment, injected: Mapping[str, str], version: str) -> dict[str, Any]:
    port = SITE.app.port
    probe = f"wget -q -O /dev/null http://127.0.0.1:{port}{SITE.app.ready_path} || exit 1"
    return {
        "name": environment.container,
        "image": image(world, environment, version),
        "essential": True,
        "memory": environment.memory,
        "linuxParameters": {"initProcessEnabled": True},
        "portMappings": [{"containerPort": port, "hostPort": port, "protocol": "tcp"}],
        "environment": [
            {"name": "NODE_ENV", "value": "production"},
            {"name": "PORT", "value": str(port)},
            {"name": "APP_VERSION", "value": version},
        ],
        "secrets": [{"name": key, "valueFrom": source} for key, source in injected.items()],
        "healthCheck": {
            "command": ["CMD-SHELL", probe],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 30,
        },
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": environment.log_group,
                "awslogs-region": world.region,
                "awslogs-stream-prefix": environment.container,
                "mode": "non-blocking",
            },
        },
    }


def _service(world: World, environment: Environment, definition: str, places: Places, group: str) -> None:
    world.call(
        "ecs",
        "CreateService",
        cluster=SITE.ecs.cluster,
        serviceName=environment.service,
        taskDefinition=definition,
        desiredCount=environment.desired_min,
        launchType="FARGATE",
        platformVersion="LATEST",
        schedulingStrategy="REPLICA",
        deploymentController={"type": "ECS"},
        availabilityZoneRebalancing="ENABLED",
        enableExecuteCommand=False,
        enableECSManagedTags=True,
        propagateTags="SERVICE",
        healthCheckGracePeriodSeconds=SITE.ecs.grace_seconds,
        deploymentConfiguration={
            "minimumHealthyPercent": SITE.deploy.min_healthy,
            "maximumPercent": SITE.deploy.max_percent,
            "strategy": "ROLLING",
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "alarms": {"alarmNames": [alarm_name(environment)], "enable": True, "rollback": True},
        },
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": list(places.private),
                "securityGroups": [places.app_group],
                "assignPublicIp": "DISABLED",
            }
        },
        loadBalancers=[
            {"targetGroupArn": group, "containerName": environment.container, "containerPort": SITE.app.port}
        ],
        tags=_tags(tags_of(environment)),
    )


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return listed(tags, key="key", value="value")
