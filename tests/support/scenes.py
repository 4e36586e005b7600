"""Snapshots of typed facts, made for one test: a service at rest, and what the test puts into it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from runbook_tui.aws.facts.ecs_service import Deployment, Service, ServiceEvent
from runbook_tui.aws.facts.ecs_task import Task, TaskContainer
from runbook_tui.aws.facts.logs import LogEvent
from runbook_tui.catalogue.site_file import complete
from runbook_tui.core.site import Environment, Site
from runbook_tui.triage.diagnosis import Diagnosis, diagnose
from runbook_tui.triage.snapshot import Snapshot

NOW: Final = datetime(2026, 8, 1, 3, 30, 20, tzinfo=UTC)
PRESENT: Final = "ecs-svc/1000000000000000001"


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def service(*events: tuple[float, str], running: int = 2, **more: Any) -> Service:
    """``events`` are minutes ago and text."""
    primary = Deployment(
        id=PRESENT, status="PRIMARY", task_definition="arn:aws:ecs:r:1:task-definition/b:2", rollout_state="COMPLETED"
    )
    found = Service(
        service_arn="arn:aws:ecs:ap-south-1:123456789012:service/c/asharvi-backend-prod",
        service_name="asharvi-backend-prod",
        status="ACTIVE",
        desired_count=2,
        running_count=running,
        pending_count=0,
        deployments=(primary,),
        events=tuple(ServiceEvent(created_at=ago(minutes), message=text) for minutes, text in events),
    )
    return replace(found, **more)


def stop(code: str, reason: str = "", *, minutes: float = 2.0, exit_code: int | None = None, **more: Any) -> Task:
    """A task of the present deployment that ended so many minutes ago."""
    container = TaskContainer(name="app", exit_code=exit_code, reason=more.pop("container", ""))
    found = Task(
        task_arn=f"arn:aws:ecs:ap-south-1:123456789012:task/c/{abs(hash((code, reason, minutes))):x}",
        last_status="STOPPED",
        started_by=PRESENT,
        stop_code=code,
        stopped_reason=reason,
        started_at=ago(minutes + 0.2),
        stopped_at=ago(minutes),
        containers=(container,),
    )
    return replace(found, **more)


def line(text: str, *, minutes: float = 1.0, task: str = "t1") -> LogEvent:
    at = int(ago(minutes).timestamp() * 1000)
    return LogEvent(timestamp=at, message=text, log_stream_name=f"app/app/{task}")


def prod() -> tuple[Site, Environment]:
    found = complete({})
    return found, replace(found.environment("prod"), host="api.example.org")


def snapshot(**parts: Any) -> Snapshot:
    return Snapshot(environment="prod", at=NOW, **{"service": service(), **parts})


def diagnosed(**parts: Any) -> Diagnosis:
    return diagnose(snapshot(**parts), *prod())


def likely(**parts: Any) -> Mapping[str, float]:
    """Confidence by rule, of those that are likely."""
    return {one.rule: one.confidence for one in diagnosed(**parts).causes if one.likely}


def rules(found: Sequence[Any]) -> list[str]:
    return [one.rule for one in found]
