"""Whether the scheduler takes a task for healthy: its targets, its container's own check, and the grace period."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.ecs import making, targets
from runbook_tui.simulator.ecs.state import Health, Life, Plan, Stage
from runbook_tui.simulator.world import World

_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1):(?P<port>\d+)(?P<path>/[^\s|;'\"]*)")
_CHECK = {"interval": 30, "retries": 3, "startPeriod": 0, "timeout": 5}  # ECS's own defaults


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
    check = making.definition_of(world, life.task).container_definitions[0].get("healthCheck")
    if not check:
        return True, None
    rules = _CHECK | {key: value for key, value in check.items() if key in _CHECK}
    status = _checked(world, life, rules, answers(world, life, check["command"], rules["timeout"]))
    life.task.health_status = life.task.containers[0].health_status = status
    if status != "UNHEALTHY":
        return status == "HEALTHY", None
    failed = "failed container health checks"
    return False, Complaint(f"Task {failed}", f"(task {life.task.id}) {failed}.")


def _checked(world: World, life: Life, rules: Mapping[str, Any], good: bool) -> str:  # noqa: FBT001
    """One success is enough; failures count after the start period, ``retries`` of them in a row."""
    now, began = world.clock.now(), life.task.started_at
    interval = timedelta(seconds=rules["interval"])
    before = str(life.task.health_status)
    if good:
        life.failing_since = None
        return "HEALTHY" if before == "HEALTHY" or now - began >= interval else before
    life.failing_since = life.failing_since or now
    counted = max(life.failing_since, began + timedelta(seconds=rules["startPeriod"]))
    return "UNHEALTHY" if now - counted >= interval * (rules["retries"] - 1) else before


def answers(world: World, life: Life, command: Sequence[str], timeout: float) -> bool:
    """What a container's check finds that asks its own HTTP server; any other command is taken to be content."""
    url = _URL.search(" ".join(command))
    if url is None:
        return True
    reply = world.app.reply(life.task, int(url["port"]), url["path"])
    return 200 <= reply.status < 400 and reply.seconds <= timeout
