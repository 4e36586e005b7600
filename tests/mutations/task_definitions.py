"""What a new task would be: ecs.taskdef.*; and the cluster: ecs.cluster.*"""

from collections.abc import Callable
from typing import Any

from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.seed.registry import push
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


# The service runs what it ran, and the newest revision is another one.
NOT_DEPLOYED = {"ecs.taskdef.active@prod": WARN}


def _as_root(container: dict[str, Any]) -> None:
    container["user"] = "root"


def _half_the_memory(container: dict[str, Any]) -> None:
    container["memory"] = PROD.memory // 2


def _plain_secret(container: dict[str, Any]) -> None:
    container["environment"].append({"name": "SESSION_SECRET", "value": "made-up-and-planted"})


def _image(name: str) -> Callable[[dict[str, Any]], None]:
    def edit(container: dict[str, Any]) -> None:
        host = container["image"].partition("/")[0]
        container["image"] = f"{host}/{name}"

    return edit


def _old_node(world: Standing) -> None:
    push(world.world, PROD.ecr_repo, "1.4.3", node="18.20.4")
    revision(world, PROD, _image(f"{PROD.ecr_repo}:1.4.3"))


def _without_role(world: Standing) -> None:
    """No API changes a task definition."""
    _newest(world).task_role_arn = None


def _bridged(world: Standing) -> None:
    _newest(world).network_mode = "bridge"


def _newest(world: Standing) -> Any:
    revisions = world.world.backend("ecs").task_definitions[PROD.task_family]
    return revisions[max(revisions)]


ROWS = (
    Row(
        check="ecs.taskdef.active",
        name="a newer revision of prod is not deployed",
        change=lambda world: revision(world, PROD, lambda _: None),
        flips=NOT_DEPLOYED,
    ),
    Row(
        check="ecs.taskdef.hardening",
        name="prod's newest container runs as root",
        change=lambda world: revision(world, PROD, _as_root),
        flips=NOT_DEPLOYED | {"ecs.taskdef.hardening@prod": WARN},
    ),
    Row(
        check="ecs.taskdef.size",
        name="prod's newest container may use half of what the task has",
        change=lambda world: revision(world, PROD, _half_the_memory),
        flips=NOT_DEPLOYED | {"ecs.taskdef.size@prod": WARN},
    ),
    Row(
        check="ecs.taskdef.loadtest",
        name="no load test of prod is recorded",
        change=lambda world: world.change_environment("prod", load_test_date=None),
        flips={"ecs.taskdef.loadtest@prod": WARN},
    ),
    Row(
        check="ecs.taskdef.no-plain-secrets",
        name="prod's newest container is given a secret in plain",
        change=lambda world: revision(world, PROD, _plain_secret),
        flips=NOT_DEPLOYED | {"ecs.taskdef.no-plain-secrets@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.image-repo",
        name="prod's newest image is of staging's repository",
        change=lambda world: revision(world, PROD, _image(f"{STAGING.ecr_repo}:1.4.2")),
        flips=NOT_DEPLOYED | {"ecs.taskdef.image-repo@prod": FAIL, "deploy.image-new@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.node-version",
        name="prod's newest image is built on Node.js 18",
        change=_old_node,
        flips=NOT_DEPLOYED
        | {"ecs.taskdef.node-version@prod": FAIL, "maint.node-lts@prod": FAIL, "deploy.image-new@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.roles",
        name="prod's task has no role",
        change=_without_role,
        flips={"ecs.taskdef.roles@prod": WARN},
    ),
    Row(
        check="ecs.taskdef.fargate",
        name="prod's task has another network mode",
        change=_bridged,
        flips={"ecs.taskdef.fargate@prod": FAIL},
    ),
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
        flips=NOT_DEPLOYED | {"ecs.taskdef.healthcheck@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.logging",
        name="prod's newest container logs to staging's group",
        change=lambda world: revision(world, PROD, _other_group),
        flips=NOT_DEPLOYED | {"ecs.taskdef.logging@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.port",
        name="prod's newest container maps another port",
        change=lambda world: revision(world, PROD, _other_port),
        flips=NOT_DEPLOYED | {"ecs.taskdef.port@prod": FAIL},
    ),
    Row(
        check="ecs.taskdef.secrets-valuefrom",
        name="prod's newest container takes a key from staging's secret",
        change=_other_secret,
        flips=NOT_DEPLOYED | {"ecs.taskdef.secrets-valuefrom@prod": FAIL},
    ),
)
