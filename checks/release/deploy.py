"""Whether the released image is what runs, and healthy (guide 9.1)."""

from collections import Counter
from typing import Any, Final

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

SHORT: Final = len("sha256:") + 12


@check(
    "deploy.image-new",
    guide="9.1",
    severity="high",
    scope="environment",
    needs=[
        "ecr:BatchGetImage",
        "ecr:DescribeImages",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListTasks",
    ],
)
def image_new(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Every running task has the image of the newest revision."""
    definition, service, tasks = together(
        lambda: aws.ecs.task_definition(env.task_family),
        lambda: aws.ecs.service(site.ecs.cluster, env.service),
        lambda: aws.ecs.tasks(site.ecs.cluster, env.service, "RUNNING"),
    )
    image = read_image(definition.container(env.container).image)
    released = _digests(aws, image)
    found = [task.container(env.container) for task in tasks]
    running = Counter(one.image_digest if one is not None else "" for one in found)
    evidence: dict[str, Any] = {
        "task_definition": definition.label,
        "released": [digest[:SHORT] for digest in released],
        "running": {digest[:SHORT] or "not known yet": count for digest, count in running.items()},
    }
    remedy = "check that the pipeline pushed the image and registered the revision that you mean"
    if not released:
        because = f"ECR has no image {image.repository}:{image.tag or image.digest[:SHORT]} of {definition.label}"
        return fail(because, remedy, **evidence)
    if not tasks:
        return fail("no task is running", "see ecs.service.running", **evidence)
    if running[""]:
        because = f"the image of {named(running[''], 'task')} is not known yet: it is being pulled"
        return unknown(Cause.UNDECIDED, because, "re-check in a minute", **evidence)
    others = sum(count for digest, count in running.items() if digest not in released)
    if not others:
        return passed(f"{named(len(tasks), 'task')} run the image of {definition.label}", **evidence)
    because = f"{others} of {len(tasks)} tasks run another image than {definition.label}"
    if service.deploying:
        return warn(f"{because}: the rollout is under way", "wait for its end, then re-check", **evidence)
    return fail(because, remedy, **evidence)


def _digests(aws: Aws, image: ImageReference) -> tuple[str, ...]:
    """What ECS may call this image: its digest; of an index also those of its images. Empty when ECR has none."""
    detail, manifest = together(lambda: aws.images.detail(image), lambda: aws.images.manifest(image))
    if detail is None or manifest is None:
        return ()
    return (detail.image_digest, *(one.digest for one in manifest.manifests or ()))


@check(
    "deploy.tasks-healthy",
    guide="9.1",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeTasks", "ecs:ListTasks"],
)
def tasks_healthy(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Every task runs, and its container is healthy."""
    tasks = aws.ecs.tasks(site.ecs.cluster, env.service, "RUNNING")
    containers = [task.container(env.container) for task in tasks]
    health = Counter(one.health_status if one is not None else "no such container" for one in containers)
    states = Counter(task.last_status for task in tasks)
    evidence = {"tasks": len(tasks), "states": dict(states), "health": dict(health)}
    remedy = "see ecs.service.crash-loop and the container's log"
    if not tasks:
        return fail("no task is running", remedy, **evidence)
    if health["UNHEALTHY"]:
        return fail(f"{health['UNHEALTHY']} of {named(len(tasks), 'task')} unhealthy", remedy, **evidence)
    concerns = []
    if states["RUNNING"] < len(tasks):
        concerns.append(f"{len(tasks) - states['RUNNING']} of {named(len(tasks), 'task')} not running yet")
    unsure = len(tasks) - health["HEALTHY"]
    if unsure:
        concerns.append(f"the health of {named(unsure, 'task')} is not known: starting, or without a health check")
    return warn_or_pass(concerns, f"{named(len(tasks), 'task')} running and healthy", "wait, then re-check", **evidence)
