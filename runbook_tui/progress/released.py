"""Whether a release is out. A service that is calm may run the old one: a breaker's rollback ends calm, too."""

from collections.abc import Iterator
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_service import Service, ServiceDeployment
from runbook_tui.aws.probe import Failure
from runbook_tui.core.progress import Awaited
from runbook_tui.core.reading import Remark, Tone
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean

SHORT: Final = len("sha256:") + 12
_BACK: Final = frozenset(
    {"ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED", "STOPPED"}
)


def released(
    aws: Aws, site: Site, env: Environment, service: Service, release: ServiceDeployment | None, awaited: Awaited
) -> Remark:
    """The first clause that does not hold, or that all do. Where going back was asked for, that is what it is about."""
    missing = next(_missing(aws, site, env, service, release, awaited), None)
    if missing is not None:
        return missing
    label = service.task_definition.rpartition("/")[2]
    return Remark(text=f"released: {label}, {_digest(aws, env, release)}, and it answers", tone=Tone.GOOD)


def _missing(
    aws: Aws, site: Site, env: Environment, service: Service, release: ServiceDeployment | None, awaited: Awaited
) -> Iterator[Remark]:
    yield from _of_the_rollout(service, release, awaited)
    yield from _of_the_image(aws, site, env, release)
    yield from _of_the_targets(aws, env, service)
    yield from _of_the_count(aws, site, env, service)
    yield from _of_the_answer(aws, site, env)


def _of_the_rollout(service: Service, release: ServiceDeployment | None, awaited: Awaited) -> Iterator[Remark]:
    wanted = awaited.revision
    primary, status = service.primary, release.status if release is not None else ""
    runs = (primary.task_definition if primary is not None else service.task_definition).rpartition("/")[2]
    if status in _BACK:
        why = clean(release.rollback.reason or release.status_reason, 200) if release is not None else ""
        text = f"the last release did not go out ({status}): {runs} is what runs. {why}".rstrip()
        yield Remark(text=text, tone=_of_going_back(status) if awaited.back else Tone.BAD)
    if primary is None:
        yield Remark(text="not known: the service has no PRIMARY deployment")
        return
    if wanted and primary.task_definition.rpartition("/")[2] != wanted.rpartition("/")[2]:
        yield _not(f"{runs} runs, {wanted.rpartition('/')[2]} was asked for", bad=True)
    if any(one.rollout_state == "FAILED" for one in service.deployments):
        yield _not("a deployment has failed", bad=True)
    if primary.rollout_state != "COMPLETED":
        yield _not(f"the rollout of {runs} is {primary.rollout_state or 'not told'}")
    if status not in ("SUCCESSFUL", ""):
        yield _not(f"the release of {runs} is {status}")


def _of_going_back(status: str) -> Tone:
    """When going back is what was asked for."""
    return {"ROLLBACK_SUCCESSFUL": Tone.GOOD, "ROLLBACK_FAILED": Tone.BAD}.get(status, Tone.PLAIN)


def _of_the_image(aws: Aws, site: Site, env: Environment, release: ServiceDeployment | None) -> Iterator[Remark]:
    wanted = _digest(aws, env, release)
    tasks = aws.ecs.tasks(site.ecs.cluster, env.service, "RUNNING")
    digests = [one.image_digest for task in tasks if (one := task.container(env.container)) is not None]
    others = [digest for digest in digests if digest[:SHORT] != wanted]
    if wanted.startswith("sha256:") and others:
        yield _not(f"{len(others)} of {len(digests)} tasks run another image than {wanted}")


def _of_the_targets(aws: Aws, env: Environment, service: Service) -> Iterator[Remark]:
    arns = [one.target_group_arn for one in service.load_balancers if one.target_group_name == env.target_group]
    if not arns:
        yield _not(f"the service registers nothing in {env.target_group}", bad=True)
        return
    states = [one.state for one in aws.elb.target_health(arns[0]) if one.state != "draining"]
    healthy = states.count("healthy")
    if healthy < len(states) or healthy < service.desired_count:
        yield _not(f"{healthy} of {max(len(states), service.desired_count)} targets are healthy")


def _of_the_count(aws: Aws, site: Site, env: Environment, service: Service) -> Iterator[Remark]:
    scaled = aws.autoscaling.target(site.ecs.cluster, env.service)
    if scaled is not None and service.desired_count < scaled.min_capacity:
        yield _not(f"{service.desired_count} tasks are wanted, autoscaling's least is {scaled.min_capacity}", bad=True)


def _of_the_answer(aws: Aws, site: Site, env: Environment) -> Iterator[Remark]:
    if not env.host:
        return
    found = aws.probe.get(f"https://{env.host}{site.app.smoke_path}")
    if isinstance(found, Failure):
        yield _not(f"{site.app.smoke_path} cannot be reached", bad=True)
    elif found.status != 200:
        yield _not(f"{site.app.smoke_path} answers {found.status}", bad=True)


def _digest(aws: Aws, env: Environment, release: ServiceDeployment | None) -> str:
    """What the release's revision was pinned to."""
    arn = release.target_service_revision_arn if release is not None else ""
    for revision in aws.ecs.service_revisions((arn,)) if arn else ():
        return revision.image(env.container).image_digest[:SHORT] or "an image of no known digest"
    return "an image of no known digest"


def _not(why: str, *, bad: bool = False) -> Remark:
    return Remark(
        text=f"not released: {why}" if bad else f"not released yet: {why}", tone=Tone.BAD if bad else Tone.PLAIN
    )
