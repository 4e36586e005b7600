"""What a new task would be: ecs.taskdef.*; and the cluster: ecs.cluster.*"""

from typing import Any

from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, WARN, Row
from tests.support.changes import PROD, STAGING, revision
from tests.support.standing import Standing


def _unasked(container: dict[str, Any]) -> None:
    del container["healthCheck"]


def _other_group(container: dict[str, Any]) -> None:
    container["logConfiguration"]["options"]["awslogs-group"] = STAGING.log_group


def _other_port(container: dict[str, Any]) -> None:
    container["portMappings"] = [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]


def _other_secret(world: Standing) -> None:
    arn = world.client("secretsmanager").describe_secret(SecretId=STAGING.secret_name)["ARN"]

    def edit(container: dict[str, Any]) -> None:
        container["secrets"][0]["valueFrom"] = f"{arn}:{container['secrets'][0]['name']}::"

    revision(world, PROD, edit)


def _on_spot(world: Standing) -> None:
    world.client("ecs").put_cluster_capacity_providers(
        cluster=SITE.ecs.cluster,
        capacityProviders=["FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
    )


def _no_insights(world: Standing) -> None:
    settings = [{"name": "containerInsights", "value": "disabled"}]
    world.client("ecs").update_cluster_settings(cluster=SITE.ecs.cluster, settings=settings)


ROWS = (
    Row(
        check="ecs.cluster.active",
        name="the cluster runs on spot only",
        change=_on_spot,
        flips={"ecs.cluster.active": WARN},
    ),
    Row(
        check="ecs.cluster.insights",
        name="Container Insights is off",
        change=_no_insights,
        flips={"ecs.cluster.insights": FAIL},
    ),
    Row(
        check="ecs.taskdef.healthcheck",
        name="prod's newest container has no health check",
        change=lambda world: revision(world, PROD, _unasked),
        flips={"ecs.taskdef.healthcheck@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.logging",
        name="prod's newest container logs to staging's group",
        change=lambda world: revision(world, PROD, _other_group),
        flips={"ecs.taskdef.logging@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.port",
        name="prod's newest container maps another port",
        change=lambda world: revision(world, PROD, _other_port),
        flips={"ecs.taskdef.port@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.secrets-valuefrom",
        name="prod's newest container takes a key from staging's secret",
        change=_other_secret,
        flips={"ecs.taskdef.secrets-valuefrom@prod": FAIL},
    ),
)
