"""What a rollback would go back to (guide 9.2)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Unsupported
from runbook_tui.aws.facts.image_reference import ImageReference
from runbook_tui.aws.facts.releases import Release, before, good_releases
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown, warn

KEEP: Final = "keep at least two good revisions, and their images"
SHORT: Final = len("sha256:") + 12


@check(
    "roll.rollback-target",
    guide="9.2",
    severity="critical",
    scope="environment",
    needs=[
        "ecr:DescribeImages",
        "ecs:DescribeServiceRevisions",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:ListServiceDeployments",
        "ecs:ListTaskDefinitions",
    ],
)
def rollback_target(aws: Aws, site: Site, env: Environment) -> Verdict:
    """There is an earlier good release, and everything that it needs is still there."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    try:
        listed = aws.ecs.service_deployments(site.ecs.cluster, env.service)
    except Unsupported:
        return _by_revisions(aws, env, "this endpoint does not list deployments")
    if not listed:
        return _by_revisions(aws, env, "ECS lists no deployment of the last 90 days")
    good = [one for one in listed if one.status == "SUCCESSFUL"]
    if not good:
        because = f"none of {len(listed)} deployments of the last 90 days was successful"
        return fail(because, "find a revision that is known to be good, and deploy that", deployments=len(listed))
    releases = good_releases(aws, env, good)
    earlier = before(releases, service.task_definition)
    if earlier is None:
        because = (
            f"{service.task_definition.rpartition('/')[2]} is the only release so far: a failed one falls back to it"
        )
        return warn(because, KEEP, successful=len(good))
    return _judged(aws, earlier)


def _judged(aws: Aws, target: Release) -> Verdict:
    evidence: dict[str, Any] = {
        "revision": target.label,
        "image": f"{target.image.repository}:{target.image.tag}",
        "digest": target.digest[:SHORT] or "not known",
    }
    if not target.digest or not target.image.account:
        because = f"{target.label} is there, but not which image it ran: that of another registry can move"
        return unknown(Cause.UNDECIDED, because, "look into that registry before you roll back", **evidence)
    pinned = ImageReference(host=target.image.host, repository=target.image.repository, digest=target.digest)
    definition, image = together(
        lambda: aws.ecs.task_definition(target.task_definition), lambda: aws.images.detail(pinned)
    )
    if image is None:
        because = f"the image of {target.label} is gone from ECR: the last good release cannot be started"
        return fail(because, f"push it again, or {KEEP}", **evidence)
    concerns = []
    if definition.status != "ACTIVE":
        concerns.append(f"{target.label} is {definition.status}: register it anew before you roll back")
    if target.image.tag and not target.image.digest and target.image.tag not in image.image_tags:
        concerns.append(f"tag {target.image.tag} means another image now: register a copy pinned to the digest")
    return warn_or_pass(concerns, f"back to {target.label}, {target.digest[:SHORT]}", KEEP, **evidence)


def _by_revisions(aws: Aws, env: Environment, why: str) -> Verdict:
    """Without the history of deployments nobody knows which revision was good."""
    revisions = aws.ecs.active_revisions(env.task_family)
    candidate = str(revisions[1]) if len(revisions) > 1 else "none"
    because = f"{why}; the second newest ACTIVE revision is {candidate}, whether it was good is not known"
    return unknown(Cause.UNDECIDED, because, "look for the last release that was good", candidate=candidate)
