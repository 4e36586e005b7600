"""T8, T9 and T10: deployments that do not end, costs, and who used the account."""

from datetime import datetime, timedelta

from runbook_tui.triage.changes import Kind
from runbook_tui.triage.pattern import Pattern
from runbook_tui.triage.rule import Found, rule, sign
from runbook_tui.triage.rules.starting import told
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import seen

CONFIGURATION = (Pattern((("because of the service deployment configuration",),)),)

UNDER_WAY = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


@rule(
    "T8",
    confidence=0.9,
    sees=("service", "deployments"),
    confirm=("ecs.service.deploy-percent", "roll.breaker", "ecs.service.steady"),
    runbook="stuck-deployment",
    boosted_by=(Kind.DEPLOYMENT, Kind.CONFIGURATION),
    points_to=("T3", "T2"),
)
def stuck(scene: Scene) -> Found | None:
    """The deployment does not come to an end."""
    refused = told(scene, CONFIGURATION)
    began, limit = _going_since(scene), scene.site.deploy.max_minutes
    late = began is not None and scene.at - began > timedelta(minutes=limit)
    signs = (sign(f"a deployment is under way for more than {limit} minutes", "deployments", began),) if late else ()
    if not signs and refused is None:
        return None
    return Found(signs=(*signs, *(refused.signs if refused else ())))


def _going_since(scene: Scene) -> datetime | None:
    """Since when the deployment that is under way goes on, if one is. The service's own list tells when a deployment
    was made, also of an old one that a rollback has taken up again."""
    listed, service = seen(scene.snapshot.deployments), seen(scene.snapshot.service)
    if listed is not None:
        return next((one.began for one in listed[:1] if one.status in UNDER_WAY), None)
    going = [one.created_at for one in service.deployments if one.rollout_state == "IN_PROGRESS"] if service else []
    return max((at for at in going if at), default=None)


@rule(
    "T10",
    confidence=0.8,
    sees=("trail", "review.iam-activity"),
    confirm=("review.iam-activity", "review.trail"),
    runbook="review",
    boosted_by=(Kind.ROLE,),
)
def misused(scene: Scene) -> Found | None:
    """Somebody uses credentials who should not."""
    found = scene.failed("review.iam-activity")
    return Found(signs=(sign(scene.because(found[0]), found[0]),)) if found else None
