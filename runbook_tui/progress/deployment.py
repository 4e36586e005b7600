"""The rollout: how many tasks of it run, how many failed against the breaker's threshold, and what ECS says."""

import re
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Unsupported
from runbook_tui.aws.facts.ecs_service import Deployment, Service, ServiceDeployment, ServiceEvent
from runbook_tui.catalogue.progress import source
from runbook_tui.core.progress import Awaited
from runbook_tui.core.reading import Gauge, Progress, Remark, Tone
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.progress.released import released

SHOWN: Final = 3  # events: the newest
EVENT_LENGTH: Final = 200
TITLE: Final = "Deployment"
_SERVICE: Final = re.compile(r"^\(?service \(?[A-Za-z0-9_-]+\)? ")  # the screen says which
_TROUBLE: Final = ("unable", "unhealthy", "failed", "misconfigured", "throttled", "stopped")


@source(
    "deployment",
    title=TITLE,
    needs=(
        "application-autoscaling:DescribeScalableTargets",
        "ecs:DescribeServiceDeployments",
        "ecs:DescribeServiceRevisions",
        "ecs:DescribeServices",
        "ecs:DescribeTasks",
        "ecs:ListServiceDeployments",
        "ecs:ListTasks",
        "elasticloadbalancing:DescribeTargetHealth",
    ),
)
def deployment(aws: Aws, site: Site, env: Environment, awaited: Awaited) -> Progress:
    """The PRIMARY deployment, the newest release, the events since the wait began, and whether the release is out."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    release, primary = _release(aws, site, env), service.primary
    begun = since(service, awaited)
    events = [one for one in service.newest_events if one.created_at >= begun][:SHOWN]
    return Progress(
        source="deployment",
        title=f"{TITLE} of {(primary.task_definition if primary else service.task_definition).rpartition('/')[2]}",
        gauges=_gauges(service, primary, release),
        remarks=tuple(map(_told, events)),
        truth=released(aws, site, env, service, release, awaited),
    )


def since(service: Service, awaited: Awaited) -> datetime:
    """When what is waited for began, on AWS's clock: with the rollout, or with the wait where there is none."""
    primary = service.primary
    return primary.created_at if primary is not None and primary.created_at is not None else awaited.since


def _release(aws: Aws, site: Site, env: Environment) -> ServiceDeployment | None:
    """The newest; None without any in 90 days, or where the endpoint knows deployments only."""
    try:
        listed = aws.ecs.service_deployments(site.ecs.cluster, env.service)
        if not listed:
            return None
        # The list alone names the revision, the description alone the breaker.
        revision = listed[0].target_service_revision_arn
        return replace(aws.ecs.service_deployment(listed[0].arn), target_service_revision_arn=revision)
    except Unsupported:
        return None


def _gauges(service: Service, primary: Deployment | None, release: ServiceDeployment | None) -> tuple[Gauge, ...]:
    if primary is None:
        return (Gauge(name="running", value=service.running_count, of=service.desired_count),)
    older = len(service.deployments) - 1
    waiting = [f"{primary.pending_count} pending"] if primary.pending_count else []
    draining = [f"{older} older deployment{'s' if older > 1 else ''} draining"] if older else []
    state = [release.status if release is not None else primary.rollout_state]
    whole = primary.running_count >= primary.desired_count and primary.rollout_state == "COMPLETED"
    return (
        Gauge(
            name="running",
            value=primary.running_count,
            of=primary.desired_count,
            note=", ".join(filter(None, (*waiting, *draining, *state))),
            tone=Tone.GOOD if whole else Tone.PLAIN,
        ),
        _failed(primary, release),
    )


def _failed(primary: Deployment, release: ServiceDeployment | None) -> Gauge:
    breaker = release.breaker if release is not None else None
    failures = max(primary.failed_tasks, breaker.failure_count if breaker is not None else 0)
    return Gauge(
        name="failed tasks",
        value=failures,
        of=breaker.threshold if breaker is not None else 0,
        note=f"breaker {breaker.status}" if breaker is not None and breaker.status else "",
        tone=Tone.BAD if failures else Tone.PLAIN,
    )


def _told(event: ServiceEvent) -> Remark:
    text = clean(_SERVICE.sub("", event.message), EVENT_LENGTH)
    bad = any(word in text.lower() for word in _TROUBLE) and "running tasks" not in text
    return Remark(text=f"{event.created_at:%H:%M:%S} {text}", tone=Tone.BAD if bad else Tone.PLAIN)
