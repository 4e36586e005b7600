"""Releases: deploy.*, roll.*, smoke.cors"""

from datetime import timedelta
from typing import Any

from runbook_tui.simulator.ecs.state import Schedule
from runbook_tui.simulator.fleet import tasks_of
from runbook_tui.simulator.metrics.load import minute_of
from runbook_tui.simulator.metrics.published import BALANCER, ECS, Name
from runbook_tui.simulator.metrics.sample import of_values
from tests.mutations.contract import FAIL, WARN, Row, both
from tests.support.changes import PROD, revision, target_group
from tests.support.standing import Standing

AGO = timedelta(minutes=5)  # within what a rollout is judged by
MINUTES = 3


def _former_image(container: dict[str, Any]) -> None:
    container["image"] = f"{container['image'].rpartition(':')[0]}:1.4.1"


def _sick(world: Standing) -> None:
    """No API makes a container unhealthy: nobody judges it here any more, and the last word stands."""
    task = tasks_of(world.world, _service(world))[0]
    world.world.store(Schedule).checks[task.task_definition_arn] = None
    task.containers[0].health_status = "UNHEALTHY"


def _service(world: Standing) -> Any:
    services = world.world.backend("ecs").services.values()
    return next(each for each in services if each.name == PROD.service)


def _measured(world: Standing, name: Name, values: list[float]) -> None:
    """What was there and these, in each of three minutes."""
    first = minute_of(world.world.clock.now() - AGO)
    for minute in range(first, first + MINUTES):
        world.world.monitoring.custom.put(name, minute, of_values(values), "Count")


def _of_targets(world: Standing, metric: str) -> Name:
    group = target_group(world, PROD).rpartition(":")[2]
    (balancer,) = world.client("elbv2").describe_load_balancers()["LoadBalancers"]
    arn = balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    return Name(BALANCER, metric, (("LoadBalancer", arn), ("TargetGroup", group)))


def _errors(world: Standing) -> None:
    _measured(world, _of_targets(world, "HTTPCode_Target_5XX_Count"), [1.0] * 2000)


def _slow(world: Standing) -> None:
    _measured(world, _of_targets(world, "TargetResponseTime"), [9.0] * 20_000)


def _full(world: Standing) -> None:
    where = (("ClusterName", world.site.ecs.cluster), ("ServiceName", PROD.service))
    _measured(world, Name(ECS, "MemoryUtilization", where), [99.0])


def _fatal(world: Standing) -> None:
    text = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"
    task = tasks_of(world.world, _service(world))[0]
    stream = f"{PROD.container}/{task.id}"
    world.world.app_log.put(PROD.log_group, stream, text, at=world.world.clock.now() - AGO)


def _two_failures(world: Standing) -> None:
    """Of three that make the breaker roll back."""
    world.world.releases[_service(world).arn][0]["deploymentCircuitBreaker"]["failureCount"] = 2


def _former_gone(world: Standing) -> None:
    world.client("ecr").batch_delete_image(repositoryName=PROD.ecr_repo, imageIds=[{"imageTag": "1.4.1"}])


ROWS = (
    Row(
        check="deploy.image-new",
        name="prod's tasks do not run the newest revision's image",
        change=lambda world: revision(world, PROD, _former_image),
        flips={"deploy.image-new@prod": FAIL, "ecs.taskdef.active@prod": WARN},
    ),
    Row(
        check="deploy.tasks-healthy",
        name="a container of prod is unhealthy",
        change=_sick,
        flips={"deploy.tasks-healthy@prod": FAIL},
    ),
    Row(
        check="smoke.cors",
        name="the site expects another front end",
        change=lambda world: world.change_site("app", cors_origin="https://shop.asharvi.test"),
        flips=both("smoke.cors", WARN),
    ),
    Row(
        check="roll.5xx-rate",
        name="a third of prod's requests failed for three minutes",
        change=_errors,
        flips={"roll.5xx-rate@prod": FAIL},
    ),
    Row(
        check="roll.latency",
        name="most of prod's requests took nine seconds for three minutes",
        change=_slow,
        flips={"roll.latency@prod": FAIL},
    ),
    Row(
        check="roll.cpu-mem",
        name="a task of prod used nearly all of its memory",
        change=_full,
        flips={"roll.cpu-mem@prod": FAIL},
    ),
    Row(
        check="roll.log-errors",
        name="a process of prod ran out of memory",
        change=_fatal,
        flips={"roll.log-errors@prod": FAIL},
    ),
    Row(
        check="roll.breaker",
        name="two tasks of prod's newest deployment failed",
        change=_two_failures,
        flips={"roll.breaker@prod": WARN},
    ),
    Row(
        check="roll.rollback-target",
        name="the image of prod's former release is gone",
        change=_former_gone,
        flips={"roll.rollback-target@prod": FAIL, "ecr.running-image-present@prod": WARN},
    ),
)
