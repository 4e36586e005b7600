"""Why a task stopped, in classes: what ECS and the container runtime write differs in wording, not in kind."""

from enum import StrEnum
from typing import Final

from runbook_tui.aws.facts.ecs_task import Task


class StopClass(StrEnum):
    HEALTH_CHECKS = "failed health checks"
    OUT_OF_MEMORY = "out of memory"
    ARCHITECTURE = "image of another architecture"
    IMAGE_MISSING = "image not found"
    LOG_GROUP = "log group or its permission"
    NO_PATH = "no network path"
    SECRET_DENIED = "secret not readable"  # noqa: S105 - a class of stops, not a password
    REGISTRY_DENIED = "registry not readable"
    PULL_DENIED = "secret or registry not readable"
    KILLED = "container killed"
    NATIVE_CRASH = "crashed natively"
    EXITED = "container exited"
    NOT_STARTED = "did not start"
    SPOT = "spot capacity withdrawn"
    ORDINARY = "ordinary stop"


# First match wins, so the plainer a text names its cause, the higher it stands. Lower case.
_TEXTS: Final[tuple[tuple[tuple[str, ...], StopClass], ...]] = (
    (("health checks",), StopClass.HEALTH_CHECKS),
    (("outofmemory", "heap out of memory"), StopClass.OUT_OF_MEMORY),
    (("descriptor matching platform", "descriptor for platform", "exec format error"), StopClass.ARCHITECTURE),
    (("i/o timeout", "context deadline exceeded", "send request failed"), StopClass.NO_PATH),
    (("validate logger args", "log group does not exist"), StopClass.LOG_GROUP),
    (("from asm", "from ssm", "secretsmanager:", "retrieve secret"), StopClass.SECRET_DENIED),
    (("ecr registry auth", "forbidden"), StopClass.REGISTRY_DENIED),
    (("pull secrets or registry auth",), StopClass.PULL_DENIED),  # the prefix alone does not tell which
    (("not found", "manifest unknown"), StopClass.IMAGE_MISSING),
)
_NATIVE_CRASHES: Final = frozenset({134, 139})  # SIGABRT and SIGSEGV, plus 128
_KILLED: Final = 137  # SIGKILL plus 128


def is_abnormal(task: Task) -> bool:
    """A stop nobody asked for. Health checks end tasks with code 0 or 143 too: only the reason tells."""
    if task.stop_code in ("TaskFailedToStart", "EssentialContainerExited"):
        return True
    return task.stop_code == "ServiceSchedulerInitiated" and "health checks" in task.reasons.lower()


def stop_class(task: Task) -> StopClass:
    text = task.reasons.lower()
    for texts, found in _TEXTS:
        if any(part in text for part in texts):
            return found
    if task.stop_code == "SpotInterruption":
        return StopClass.SPOT
    if task.stop_code == "TaskFailedToStart":
        return StopClass.NOT_STARTED
    if _NATIVE_CRASHES & set(task.exit_codes):
        return StopClass.NATIVE_CRASH
    if task.stop_code == "EssentialContainerExited":
        return StopClass.KILLED if _KILLED in task.exit_codes else StopClass.EXITED
    return StopClass.ORDINARY
