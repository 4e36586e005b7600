"""Guide 4.1 and 10: the images that run, and those to go back to."""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecr import LIFECYCLE_POLICY
from runbook_tui.aws.facts.ecs import SERVICE, TASK_DEFINITION
from runbook_tui.aws.facts.ecs_task import TaskDefinition
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, warn

SPARE: Final = 5  # ECR applies a policy within 24 hours, not at once


@check(
    "ecr.image-count",
    guide="4.1",
    severity="low",
    scope="environment",
    needs=["ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecs:DescribeServices"],
)
def image_count(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The repository holds images, and no more than its policy keeps."""
    images, limit, serves = together(
        lambda: aws.images.all(env.ecr_repo), lambda: _kept(aws, site, env), lambda: _has_service(aws, site, env)
    )
    tagged = [one for one in images if one.image_tags]
    pushes = sorted(one.image_pushed_at for one in tagged if one.image_pushed_at is not None)
    evidence = {
        "tagged": len(tagged),
        "untagged": len(images) - len(tagged),
        "limit": limit,
        "oldest": _told(pushes[:1]),
        "newest": _told(pushes[-1:]),
    }
    if not tagged and serves:
        return fail(f"{env.ecr_repo} holds no image, and {env.service} needs one", "push an image", **evidence)
    if not tagged:
        return warn(f"{env.ecr_repo} holds no image yet", "push an image", **evidence)
    over = f"{len(tagged)} images are there, the policy keeps {limit}"
    concerns = [over] if len(tagged) > limit + SPARE else []
    good = f"{named(len(tagged), 'image')}, of at most {limit}"
    return warn_or_pass(concerns, good, "look at the lifecycle policy: it is applied within 24 hours", **evidence)


def _kept(aws: Aws, site: Site, env: Environment) -> int:
    """How many images the policy keeps; without one, how many the site wants."""
    try:
        rules = aws.ecr.lifecycle(env.ecr_repo)
    except Missing as problem:
        if problem.kind != LIFECYCLE_POLICY:
            raise
        rules = ()
    counts = [one.selection.count_number for one in rules if one.selection.count_type == "imageCountMoreThan"]
    return max(counts, default=site.ecr.keep_images)


def _has_service(aws: Aws, site: Site, env: Environment) -> bool:
    try:
        aws.ecs.service(site.ecs.cluster, env.service)
    except Missing as problem:
        if problem.kind != SERVICE:
            raise
        return False
    return True


def _told(moments: list[datetime]) -> str:
    return moments[0].isoformat() if moments else "never"


@check(
    "ecr.running-image-present",
    guide="4.1",
    severity="critical",
    scope="environment",
    needs=["ecr:DescribeImages", "ecs:DescribeServices", "ecs:DescribeTaskDefinition"],
)
def running_image_present(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The image that runs, and the one to go back to, are in the repository."""
    current = running(aws, site, env)
    previous = _previous(aws, current)
    found, former = together(
        lambda: _look(aws, env, current), lambda: _look(aws, env, previous) if previous else _Looked()
    )
    evidence: dict[str, Any] = {
        "task_definition": current.label,
        "images": found.digests,
        "previous": previous.label if previous else "none yet",
        "previous_images": former.digests,
    }
    if found.gone:
        because = f"{current.label} runs {', '.join(found.gone)}, which is no longer in ECR: no new task can start"
        return fail(
            because, "push the image again under the same tag, then raise the number of kept images", **evidence
        )
    concerns = [] if found.digests else [f"{current.label} names no image of {env.ecr_repo}"]
    if former.gone and previous:
        concerns.append(f"{previous.label} ran {', '.join(former.gone)}, which is gone: there is no way back to it")
    good = f"the image of {current.label} is there" + ("" if previous else "; there is no previous revision yet")
    return warn_or_pass(concerns, good, "push the image again, and raise the number of kept images", **evidence)


class _Looked(Struct, frozen=True, kw_only=True):
    """Digests by image; those that are gone."""

    digests: dict[str, str] = {}
    gone: tuple[str, ...] = ()


def _look(aws: Aws, env: Environment, definition: TaskDefinition) -> _Looked:
    images = images_of(definition, env)
    found = dict(zip(images, each(aws.images.detail, images), strict=True))
    return _Looked(
        digests={one.label: image.image_digest for one, image in found.items() if image is not None},
        gone=tuple(one.label for one, image in found.items() if image is None),
    )


def images_of(definition: TaskDefinition, env: Environment) -> tuple[ImageReference, ...]:
    """Of the environment's own repository; a sidecar of another registry is not looked up."""
    references = (read_image(one.image) for one in definition.container_definitions)
    own = (one for one in references if one.account and one.repository == env.ecr_repo)
    return tuple(dict.fromkeys(own))


def running(aws: Aws, site: Site, env: Environment) -> TaskDefinition:
    return aws.ecs.task_definition(aws.ecs.service(site.ecs.cluster, env.service).task_definition)


def _previous(aws: Aws, current: TaskDefinition) -> TaskDefinition | None:
    """The revision before; None when there is none, or it was deleted."""
    if current.revision <= 1:
        return None
    try:
        return aws.ecs.task_definition(f"{current.family}:{current.revision - 1}")
    except Missing as problem:
        if problem.kind != TASK_DEFINITION:
            raise
        return None
