"""How near the newest deployment is to being rolled back (guide 9.2)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_service import ServiceDeployment
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Verdict, fail, skip, unknown

HALF: Final = 2
WAITS: Final = "AWAITING_ACTION"


@check(
    "roll.breaker",
    guide="9.2",
    severity="high",
    scope="environment",
    needs=["ecs:DescribeServiceDeployments", "ecs:ListServiceDeployments"],
)
def breaker(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The newest deployment is far from being rolled back by its circuit breaker."""
    listed = aws.ecs.service_deployments(site.ecs.cluster, env.service)
    if not listed:
        because = f"ECS lists no deployment of {env.service}: it remembers those of 90 days"
        return unknown(Cause.UNDECIDED, because, "see ecs.service.steady", deployments=0)
    newest = aws.ecs.service_deployment(listed[0].arn)
    evidence, count = _evidence(newest), newest.breaker
    remedy = "let the rollback finish, then find the cause before releasing again"
    if count.status == "TRIGGERED":
        because = f"the circuit breaker was triggered: {count.failure_count} tasks failed"
        return fail(because, remedy, **evidence)
    if newest.status.startswith("ROLLBACK_"):
        why = clean(newest.rollback.reason or newest.status_reason) or "ECS gives no reason"
        return fail(f"the newest deployment is {newest.status}: {why}", remedy, **evidence)
    if count.status == "DISABLED":
        return skip("the circuit breaker is off: see ecs.service.circuit-breaker", **evidence)
    concerns = []
    if count.threshold and HALF * count.failure_count >= count.threshold:
        concerns.append(f"{count.failure_count} tasks failed, at {count.threshold} the breaker rolls back")
    concerns += [
        f"hook {hook.hook_id} awaits an action" for hook in newest.lifecycle_hook_details if hook.status == WAITS
    ]
    good = f"{newest.status}, {count.failure_count} of {count.threshold} failures"
    return warn_or_pass(concerns, good, "read the reasons of stopped tasks, and be ready to stop", **evidence)


def _evidence(found: ServiceDeployment) -> dict[str, Any]:
    return {
        "arn": found.arn,
        "status": found.status,
        "reason": clean(found.status_reason),
        "stage": found.lifecycle_stage,
        "breaker": found.breaker.status,
        "failures": found.breaker.failure_count,
        "threshold": found.breaker.threshold,
        "alarms": list(found.alarms.triggered_alarm_names),
        "hooks": {hook.hook_id: hook.status for hook in found.lifecycle_hook_details},
        "rollback_to": found.rollback.service_revision_arn,
    }
