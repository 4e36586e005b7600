"""Back to an earlier release of the service (guide 9.2)."""

from collections.abc import Sequence

from msgspec import Struct

from runbook_tui.actions.ecs.definitions import REGISTERED, registering, registrable, with_image
from runbook_tui.actions.ecs.stopping import GOING_BACK
from runbook_tui.actions.ecs.updating import update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.image_reference import ImageReference
from runbook_tui.aws.facts.releases import Release, before, good_releases
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_DIGITS = len("sha256:") + 12


class _Way(Struct, frozen=True):
    """The release to go back to, and why it cannot be started as it is; empty when it can."""

    to: Release
    pinned: ImageReference
    hindrance: str


@action("ecs.rollback-to-revision", guide="9.2")
def rollback_to_revision(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The service runs an earlier release that was good, with the very image that it had then."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    deployments = aws.ecs.service_deployments(site.ecs.cluster, env.service)
    if any(one.status in GOING_BACK for one in deployments):
        raise CannotPlan("a rollback is under way already", "wait for its end")
    releases = good_releases(aws, env, [one for one in deployments if one.status == "SUCCESSFUL"])
    others = _others(releases, service.task_definition)
    usual = before(releases, service.task_definition)
    if not others or usual is None:
        raise CannotPlan("there is no earlier release that was good", "find a revision that is known to be good")
    (chosen,) = inputs.take(
        Question(
            name="revision",
            text=f"Which release was good? {service.task_definition.rpartition('/')[2]} runs now.",
            choices=tuple(Choice(value=one.label, label=_label(one)) for one in others),
            default=usual.label,
        )
    )
    way = _way(aws, next(one for one in others if one.label == chosen))
    calls = _calls(aws, site, env, service.task_definition, way)
    copied = f"{way.hindrance}: a copy pinned to the image it had then is registered first"
    return Plan(
        action="ecs.rollback-to-revision",
        title=f"Go back to {chosen} ({env.service})",
        environment=env.name,
        resource=env.service,
        effect="ECS starts tasks of the earlier release and stops the present ones when the new are healthy. "
        "The number of tasks stays what autoscaling has set.",
        risk=Risk.DISRUPTIVE,
        calls=calls,
        differences=(
            Difference(what="task definition", before=service.task_definition.rpartition("/")[2], after=chosen),
            Difference(what="image", before=_image(releases, service.task_definition), after=_told(way.to)),
        ),
        warnings=(copied,) if way.hindrance else (),
        permissions=needed(calls),
        seen={"deployment": service.primary.id if service.primary else "", "deploying": service.deploying},
    )


def _others(releases: Sequence[Release], running: str) -> tuple[Release, ...]:
    """Each task definition once, as it was rolled out last; newest first."""
    found: dict[str, Release] = {}
    for one in releases:
        if one.task_definition != running:
            found.setdefault(one.label, one)
    return tuple(found.values())


def _image(releases: Sequence[Release], running: str) -> str:
    """What the running release runs, where it ever was a good one."""
    return next((_told(one) for one in releases if one.task_definition == running), "of a release that failed")


def _told(release: Release) -> str:
    return f"{release.image.repository}@{release.digest[:_DIGITS]}…"


def _way(aws: Aws, to: Release) -> _Way:
    """CannotPlan when its image is gone."""
    pinned = ImageReference(host=to.image.host, repository=to.image.repository, digest=to.digest)
    detail = aws.images.detail(pinned) if to.digest and to.image.account else None
    if detail is None:
        raise CannotPlan(
            f"the image of {to.label} is gone from ECR, or nobody knows which it was", "choose another release"
        )
    if aws.ecs.task_definition(to.task_definition).status != "ACTIVE":
        return _Way(to, pinned, f"{to.label} is not active any more")
    moved = to.image.tag and not to.image.digest and to.image.tag not in detail.image_tags
    return _Way(to, pinned, f"tag {to.image.tag} means another image now" if moved else "")


def _calls(aws: Aws, site: Site, env: Environment, running: str, way: _Way) -> tuple[ApiCall, ...]:
    back = update(site, env, "the present release is deployed again", taskDefinition=running, forceNewDeployment=True)
    effect = f"tasks of {way.to.label} are started"
    if not way.hindrance:
        task_definition = way.to.task_definition
        return (update(site, env, effect, (back,), taskDefinition=task_definition, forceNewDeployment=True),)
    image = f"{way.pinned.host}/{way.pinned.repository}@{way.to.digest}"
    pinned = with_image(registrable(aws, way.to.task_definition), env.container, image)
    register = registering(pinned, f"a copy of {way.to.label} with its image pinned")
    return (register, update(site, env, effect, (back,), taskDefinition=REGISTERED, forceNewDeployment=True))


def _label(one: Release) -> str:
    return f"{one.label}  {one.image.tag or 'pinned'}  {one.digest[:_DIGITS]}"
