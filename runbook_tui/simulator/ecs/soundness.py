"""Whether the scheduler takes a task for healthy: its targets, its container's own check, and the grace period."""

from collections.abc import Iterator
from datetime import timedelta

from runbook_tui.simulator.ecs import making, targets
from runbook_tui.simulator.ecs.container_check import ContainerCheck, container_check
from runbook_tui.simulator.ecs.state import Health, Life, Plan, Schedule, Stage
from runbook_tui.simulator.world import World


class Complaint:
    """Why a task is unhealthy. ``reason`` becomes its ``stoppedReason``, ``event`` what the service says."""

    def __init__(self, reason: str, event: str) -> None:
        self.reason = reason
        self.event = event


def judge(world: World, plan: Plan, life: Life) -> tuple[Health, Complaint | None]:
    if life.stage is not Stage.RUNNING:
        return Health.WAITING, None
    found = list(_targets(world, life))
    container = _container(world, life)
    complaint = next((each for each in (*(one for _, one in found), container[1]) if each is not None), None)
    if complaint is not None:
        grace = timedelta(seconds=plan.service.health_check_grace_period_seconds or 0)
        in_grace = world.clock.now() - life.task.started_at < grace
        return (Health.WAITING, None) if in_grace else (Health.UNHEALTHY, complaint)
    if container[0] and all(healthy for healthy, _ in found):
        return Health.HEALTHY, None
    return Health.WAITING, None


def _targets(world: World, life: Life) -> Iterator[tuple[bool, Complaint | None]]:
    groups = world.backend("elbv2").target_groups
    for balancer in life.balancers:
        arn, port = str(balancer.get("targetGroupArn")), int(balancer["containerPort"])
        if arn not in groups:
            yield False, None
            continue
        found = world.targets.last_health(arn, targets.address_of(life.task))
        if found.state != "unhealthy":
            yield found.state == "healthy", None
            continue
        where = f"(target-group {arn})"
        yield (
            False,
            Complaint(
                f"Task failed ELB health checks in {where}",
                f"(task {life.task.id}) (port {port}) is unhealthy in {where} due to (reason {found.description}).",
            ),
        )


def _container(world: World, life: Life) -> tuple[bool, Complaint | None]:
    """Whether the container's own check is content, or there is none."""
    check = _check_of(world, life)
    if check is None:
        return True, None
    status = _checked(world, life, check, answers(world, life, check))
    life.task.health_status = life.task.containers[0].health_status = status
    if status != "UNHEALTHY":
        return status == "HEALTHY", None
    failed = "failed container health checks"
    return False, Complaint(f"Task {failed}", f"(task {life.task.id}) {failed}.")


def _check_of(world: World, life: Life) -> ContainerCheck | None:
    checks, arn = world.store(Schedule).checks, life.task.task_definition_arn
    if arn not in checks:
        checks[arn] = container_check(making.definition_of(world, life.task))
    return checks[arn]


def _checked(world: World, life: Life, check: ContainerCheck, good: bool) -> str:  # noqa: FBT001
    """One success is enough; failures count after the start period, ``retries`` of them in a row."""
    now, began = world.clock.now(), life.task.started_at
    before = str(life.task.health_status)
    if good:
        life.failing_since = None
        return "HEALTHY" if before == "HEALTHY" or now - began >= check.interval else before
    life.failing_since = life.failing_since or now
    counted = max(life.failing_since, began + check.start)
    return "UNHEALTHY" if now - counted >= check.interval * (check.retries - 1) else before


def answers(world: World, life: Life, check: ContainerCheck) -> bool:
    """What a container's check finds that asks its own HTTP server; any other command is taken to be content."""
    if not check.port:
        return True
    reply = world.app.reply(life.task, check.port, check.path)
    return 200 <= reply.status < 400 and reply.seconds <= check.timeout
