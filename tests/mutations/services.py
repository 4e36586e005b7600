"""The services and their tasks: ecs.service.*"""

from typing import Any

from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, SKIP, UNKNOWN, WARN, Row
from tests.support.changes import PROD, STAGING, group_id, service, subnet_id, target_group
from tests.support.standing import Standing

OF_THE_SERVICE = (
    "ecs.service.circuit-breaker@prod",
    "ecs.service.crash-loop@prod",
    "ecs.service.deploy-percent@prod",
    "ecs.service.desired-min@prod",
    "ecs.service.exec@prod",
    "ecs.service.grace@prod",
    "ecs.service.private@prod",
    "ecs.service.running@prod",
    "ecs.service.steady@prod",
    "ecs.service.subnets@prod",
    "ecs.service.target-group@prod",
    "ecs.service.task-spread@prod",
    "ecs.taskdef.active@prod",
    "ecs.quota",
    "ecs.scaling.target@prod",
    "ecr.running-image-present@prod",
    "ecr.scan-findings@prod",
    "deploy.image-new@prod",
    "roll.rollback-target@prod",
    "logs.flowing@prod",
    "tg.targets-healthy@prod",
)
# Tasks that come up: what they run, and how well, is not known yet.
STARTING = {"deploy.image-new@prod": UNKNOWN, "deploy.tasks-healthy@prod": WARN}
PERCENT = {"minimumHealthyPercent": 50, "maximumPercent": 200}


def update(**wanted: Any) -> Any:
    def change(world: Standing) -> None:
        world.client("ecs").update_service(**service(PROD), **wanted)

    return change


def _under_way(**wanted: Any) -> Any:
    """The scheduler has begun with it."""

    def change(world: Standing) -> None:
        update(**wanted)(world)
        world.wait(4)

    return change


def _percent(world: Standing) -> None:
    ecs = world.client("ecs")
    known = ecs.describe_services(cluster=SITE.ecs.cluster, services=[PROD.service])["services"][0]
    ecs.update_service(**service(PROD), deploymentConfiguration={**known["deploymentConfiguration"], **PERCENT})


def _deleted(world: Standing) -> None:
    world.client("ecs").delete_service(**service(PROD), force=True)
    world.wait(600)


def _public_addresses(world: Standing) -> None:
    network = {
        "subnets": [subnet_id(world, each) for each in SITE.net.private_subnets],
        "securityGroups": [group_id(world, SITE.net.sg_ecs)],
        "assignPublicIp": "ENABLED",
    }
    world.client("ecs").update_service(**service(PROD), networkConfiguration={"awsvpcConfiguration": network})
    world.wait(900)


def _elsewhere(world: Standing) -> None:
    link = {"targetGroupArn": target_group(world, STAGING), "containerName": PROD.container, "containerPort": 3000}
    world.client("ecs").update_service(**service(PROD), loadBalancers=[link])
    world.wait(900)


def _one_zone(world: Standing) -> None:
    """No API moves a task."""
    tasks = [each for cluster in world.world.backend("ecs").tasks.values() for each in cluster.values()]
    for task in tasks:
        if task.group == f"service:{PROD.service}":
            task.availability_zone = "ap-south-1a"


def _crashing(world: Standing) -> None:
    world.fault("crash-loop")
    world.wait(240)


ROWS = (
    Row(
        check="ecs.service.active",
        name="prod's service is gone",
        change=_deleted,
        flips={
            "review.tests@prod": UNKNOWN,
            "ecs.service.active@prod": FAIL,
            **dict.fromkeys(OF_THE_SERVICE, SKIP),
            "deploy.tasks-healthy@prod": FAIL,
            "probe.https@prod": FAIL,
            "smoke.endpoint@prod": FAIL,
            "db.app-reachability@prod": WARN,
            "logs.flowing@prod": SKIP,
        },
    ),
    Row(
        check="ecs.service.exec",
        name="prod: ECS Exec is on",
        change=update(enableExecuteCommand=True),
        flips={"ecs.service.exec@prod": WARN},
    ),
    Row(
        check="ecs.service.private",
        name="prod's tasks get public addresses",
        change=_public_addresses,
        flips={"ecs.service.private@prod": WARN},
    ),
    Row(
        check="ecs.service.subnets",
        name="prod's tasks may stay in one zone after an outage",
        change=update(availabilityZoneRebalancing="DISABLED"),
        flips={"ecs.service.subnets@prod": WARN},
    ),
    Row(
        check="ecs.service.circuit-breaker",
        name="prod deploys without its circuit breaker",
        change=lambda world: world.fault("circuit-breaker-off"),
        flips={"ecs.service.circuit-breaker@prod": FAIL},
    ),
    Row(
        check="ecs.service.deploy-percent",
        name="a deployment of prod may stop half of its tasks",
        change=_percent,
        flips={"ecs.service.deploy-percent@prod": WARN},
    ),
    Row(
        check="ecs.service.desired-min",
        name="one task of prod is enough",
        change=_under_way(desiredCount=1),
        flips={
            "ecs.service.desired-min@prod": FAIL,
            "ecs.scaling.target@prod": WARN,
            "ecs.service.task-spread@prod": SKIP,
            "tg.targets-healthy@prod": FAIL,
        },
    ),
    Row(
        check="ecs.service.running",
        name="prod is to run a third task",
        change=_under_way(desiredCount=3),
        flips=STARTING | {"ecs.service.running@prod": WARN},
    ),
    Row(
        check="ecs.service.steady",
        name="prod is being deployed anew",
        change=_under_way(forceNewDeployment=True),
        flips=STARTING | {"ecs.service.steady@prod": WARN, "ecs.service.running@prod": WARN},
    ),
    Row(
        check="ecs.service.target-group",
        name="prod's tasks are registered with staging's targets",
        change=_elsewhere,
        flips={
            "ecs.service.target-group@prod": FAIL,
            "roll.5xx-rate@prod": UNKNOWN,  # no host, no metrics of one
            "roll.latency@prod": WARN,
            "tg.targets-healthy@prod": FAIL,
            "probe.https@prod": FAIL,
            "smoke.endpoint@prod": FAIL,
            "db.app-reachability@prod": WARN,
        },
    ),
    Row(
        check="ecs.service.task-spread",
        name="prod's tasks are all in one zone",
        change=_one_zone,
        flips={"ecs.service.task-spread@prod": WARN},
    ),
    Row(
        check="ecs.service.grace",
        name="prod's tasks get no time to start",
        change=update(healthCheckGracePeriodSeconds=0),
        flips={"ecs.service.grace@prod": WARN},
    ),
    Row(
        check="ecs.service.crash-loop",
        name="prod's new release crashes",
        change=_crashing,
        flips={
            "deploy.image-new@prod": FAIL,
            "ecs.taskdef.active@prod": WARN,
            "roll.breaker@prod": FAIL,
            "roll.log-errors@prod": FAIL,
            "ecs.service.crash-loop@prod": FAIL,
            "ecs.service.steady@prod": WARN,
        },
    ),
)
