"""Whether the service's tasks run and stay up (guide 5.3, 9.1)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from checks.concerns import named
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_service import Service
from runbook_tui.aws.facts.ecs_task import Task
from runbook_tui.aws.facts.stop_reason import is_abnormal, stop_class
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

JUST_NOW: Final = timedelta(seconds=15)  # what ECS answers may be that far behind
TOO_LONG: Final = timedelta(minutes=10)
REMEMBERED: Final = timedelta(hours=1)  # ECS shows a stopped task for about that long
FRESH: Final = timedelta(minutes=30)
BURST: Final = timedelta(minutes=15)


@check("ecs.service.running", guide="5.3", severity="critical", scope="environment", needs=["ecs:DescribeServices"])
def running(aws: Aws, site: Site, env: Environment) -> Verdict:
    """As many tasks run as are wanted."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    evidence = _counts(service)
    counts = f"{service.running_count} of {service.desired_count} tasks running, {service.pending_count} pending"
    if service.running_count == service.desired_count and not service.pending_count:
        return passed(counts, **evidence)
    if service.running_count == 0 and service.desired_count > 0:
        if _changed_within(service, aws.now(), JUST_NOW):
            because = f"{counts}, but the service changed a moment ago"
            return unknown(Cause.UNDECIDED, because, "re-check in 15 s", **evidence)
        return fail(counts, "find out why no task stays up: ecs.service.crash-loop, ecs.service.steady", **evidence)
    since = service.unsettled_since()
    short = service.running_count < service.desired_count and not service.deploying
    if short and since is not None and aws.now() - since > TOO_LONG:
        minutes = int((aws.now() - since).total_seconds() // 60)
        because = f"{counts}, for {minutes} min and without a deployment under way"
        return fail(because, "see the reasons of stopped tasks: ecs.service.crash-loop", **evidence)
    return warn(f"{counts}: {_explanation(service)}", "wait for the service to settle, then re-check", **evidence)


def _counts(service: Service) -> dict[str, Any]:
    return {
        "desired": service.desired_count,
        "running": service.running_count,
        "pending": service.pending_count,
        "deployments": [one.id for one in service.deployments],
    }


def _changed_within(service: Service, now: datetime, span: timedelta) -> bool:
    times = [event.created_at for event in service.events]
    times += [time for one in service.deployments for time in (one.created_at, one.updated_at) if time is not None]
    return any(now - time < span for time in times)


def _explanation(service: Service) -> str:
    if service.deploying:
        return "a deployment is under way"
    if service.running_count > service.desired_count:
        return "more run than are wanted, scaling in or replacing"
    return "scaling, or replacing a task"


@check(
    "ecs.service.crash-loop",
    guide="9.1",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListTasks"],
)
def crash_loop(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Tasks do not fail again and again."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    stopped = aws.ecs.tasks(site.ecs.cluster, env.service, "STOPPED")
    now = aws.now()
    recent = [task for task in stopped if now - _ended(task, now) <= REMEMBERED]
    abnormal = [task for task in recent if is_abnormal(task)]
    evidence = _stops(abnormal, len(recent))
    remedy = _remedy(abnormal)
    burst = [task for task in abnormal if now - _ended(task, now) <= BURST]
    if len(burst) >= 3:
        return fail(f"{len(burst)} tasks failed in the last 15 min: {_classes(burst)}", remedy, **evidence)
    current = {one.id for one in service.deployments}
    looping = [task for task in abnormal if task.started_by in current]
    if len(looping) >= 3 and any(now - _ended(task, now) <= FRESH for task in looping):
        because = f"{len(looping)} tasks of the current deployment failed in the last hour: {_classes(looping)}"
        return fail(because, remedy, **evidence)
    if len(abnormal) >= 2:
        return warn(f"{len(abnormal)} tasks failed in the last hour: {_classes(abnormal)}", remedy, **evidence)
    if any(task.stop_code == "SpotInterruption" for task in recent):
        because = "AWS withdrew spot capacity from a task in the last hour"
        return warn(because, "keep the base of the service on FARGATE, not FARGATE_SPOT", **evidence)
    if not recent and _short_since_long(service, now):
        because = f"{service.running_count} of {service.desired_count} tasks run, yet no stopped task is remembered"
        return unknown(Cause.UNDECIDED, because, "read the service's events: ECS forgets tasks after 1 h", **evidence)
    return passed(f"{named(len(abnormal), 'task')} failed in the last hour", **evidence)


def _ended(task: Task, now: datetime) -> datetime:
    """A task that ECS is about to stop ends now."""
    return task.ended_at or now


def _short_since_long(service: Service, now: datetime) -> bool:
    """Tasks lack, and no deployment is so young that all its stopped tasks would still be shown."""
    begun = [one.created_at for one in service.deployments if one.created_at is not None]
    return service.running_count < service.desired_count and all(now - time > REMEMBERED for time in begun)


def _classes(tasks: Iterable[Task]) -> str:
    counts = Counter(stop_class(task).value for task in tasks)
    return ", ".join(f"{number}x {name}" for name, number in counts.most_common())


def _stops(abnormal: list[Task], recent: int) -> dict[str, Any]:
    return {
        "stopped": recent,
        "abnormal": len(abnormal),
        "stop_codes": dict(Counter(task.stop_code for task in abnormal)),
        "classes": dict(Counter(stop_class(task).value for task in abnormal)),
        "exit_codes": sorted({code for task in abnormal for code in task.exit_codes}),
        "image_digests": sorted({one.image_digest for task in abnormal for one in task.containers} - {""}),
    }


def _remedy(abnormal: list[Task]) -> str:
    if not abnormal:
        return ""
    (commonest, _), *_ = Counter(stop_class(task).value for task in abnormal).most_common(1)
    return f"begin with the commonest reason ({commonest}): read the stopped tasks and their last log lines"
