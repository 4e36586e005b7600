"""Whether the last release is out (guide 5.3, 9.1). A breaker's rollback leaves a calm service on the old release."""

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Unsupported
from runbook_tui.aws.facts.ecs_service import Deployment, Service, ServiceDeployment
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

UNDER_WAY: Final = frozenset({"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"})
EVENT_LENGTH: Final = 200  # a reason such as CannotPullContainerError comes with its whole wording

Evidence = dict[str, Any]


@check(
    "ecs.service.steady",
    guide="5.3",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeServiceDeployments", "ecs:DescribeServices", "ecs:ListServiceDeployments"],
)
def steady(aws: Aws, site: Site, env: Environment) -> Verdict:
    """One deployment is complete, and it is the last release: nothing was rolled back."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    evidence = _evidence(service)
    primary = service.primary
    if primary is None or not primary.rollout_state:
        because = f"controller {service.controller} tells no rollout state"
        return unknown(Cause.UNDECIDED, because, "ask the deployment's own controller", **evidence)
    if primary.rollout_state == "FAILED":
        because = f"deployment {primary.id} failed: {primary.rollout_state_reason or 'ECS gives no reason'}"
        return fail(because, "roll the service back to its last good revision", **evidence)
    release = _latest_release(aws, site, env)
    if release is None:
        evidence["service_deployments"] = "none listed, or not offered by this endpoint"
    else:
        evidence["service_deployment"] = _release_evidence(release)
    limits = _Limits(now=aws.now(), late=timedelta(minutes=site.deploy.max_minutes))
    return _judge(service, primary, release, evidence, limits)


def _latest_release(aws: Aws, site: Site, env: Environment) -> ServiceDeployment | None:
    """None without any in 90 days, or where the endpoint knows deployments only (they decide alone then)."""
    try:
        releases = aws.ecs.service_deployments(site.ecs.cluster, env.service)
        return aws.ecs.service_deployment(releases[0].arn) if releases else None
    except Unsupported:
        return None


class _Limits(Struct, frozen=True, kw_only=True):
    """How long a deployment may take: until ``late`` with failed tasks, until twice that in any case."""

    now: datetime
    late: timedelta

    def age(self, begun: datetime | None) -> timedelta:
        return self.now - begun if begun else timedelta()


def _judge(
    service: Service, primary: Deployment, release: ServiceDeployment | None, evidence: Evidence, limits: _Limits
) -> Verdict:
    status = release.status if release else "SUCCESSFUL"
    if status == "ROLLBACK_FAILED":
        return fail(f"the rollback failed: {_why(release)}", "choose the last good revision by hand", **evidence)
    if primary.rollout_state != "COMPLETED":
        return _under_way(service, primary.created_at, f"deployment {primary.id}", evidence, limits)
    if status in UNDER_WAY:
        return _under_way(service, release.began if release else None, f"service deployment {status}", evidence, limits)
    if len(service.deployments) > 1:
        because = f"deployment {primary.id} is complete, {len(service.deployments) - 1} older still draining"
        return warn(because, "wait until the old tasks are gone, then re-check", **evidence)
    if status in ("ROLLBACK_SUCCESSFUL", "STOPPED"):
        because = f"the former revision runs: the last release is {status}, it did not go out. {_why(release)}"
        return warn(because.rstrip(), "find the cause before releasing again, unless you wanted this", **evidence)
    if status != "SUCCESSFUL":
        return unknown(Cause.UNDECIDED, f"service deployment status {status} is new to us", "look at it", **evidence)
    return passed(f"one deployment, {primary.id}, COMPLETED", **evidence)


def _under_way(service: Service, begun: datetime | None, what: str, evidence: Evidence, limits: _Limits) -> Verdict:
    age = limits.age(begun)
    failed = sum(one.failed_tasks for one in service.deployments)
    minutes = int(age.total_seconds() // 60)
    because = f"{what} under way for {minutes} min, {failed} tasks failed"
    if age > 2 * limits.late or (age > limits.late and failed):
        return fail(because, "stop it and roll back: it takes longer than a deployment may", **evidence)
    return warn(because, "wait for its end, then re-check", **evidence)


def _why(release: ServiceDeployment | None) -> str:
    if release is None:
        return ""
    return clean(release.rollback.reason or release.status_reason)


def _evidence(service: Service) -> Evidence:
    return {
        "deployments": [
            {
                "id": one.id,
                "status": one.status,
                "rollout_state": one.rollout_state,
                "running": one.running_count,
                "desired": one.desired_count,
                "failed_tasks": one.failed_tasks,
            }
            for one in service.deployments
        ],
        "events": [clean(event.message, EVENT_LENGTH) for event in service.newest_events[:5]],
    }


def _release_evidence(release: ServiceDeployment) -> Evidence:
    return {
        "arn": release.arn,
        "status": release.status,
        "breaker": release.breaker.status,
        "failure_count": release.breaker.failure_count,
        "threshold": release.breaker.threshold,
        "rollback_reason": clean(release.rollback.reason),
    }
