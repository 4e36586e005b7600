"""What a service ran before, release by release: what a rollback can go back to."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_release import ServiceRevision
from runbook_tui.aws.facts.ecs_service import ServiceDeployment
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.core.site import Environment

LOOKED_AT: Final = 20  # releases back: as many as one request describes, and as images are kept


class Release(Struct, frozen=True, kw_only=True):
    """What ran: a task definition with the image that its tag meant then."""

    task_definition: str
    image: ImageReference
    digest: str

    @property
    def label(self) -> str:
        return self.task_definition.rpartition("/")[2]


def good_releases(aws: Aws, env: Environment, good: Sequence[ServiceDeployment]) -> tuple[Release, ...]:
    """What these deployments rolled out, newest first."""
    arns = tuple(dict.fromkeys(one.target_service_revision_arn for one in good))[:LOOKED_AT]
    return tuple(_release(one, env) for one in aws.ecs.service_revisions(arns))


def _release(revision: ServiceRevision, env: Environment) -> Release:
    found = revision.image(env.container)
    image = read_image(found.image)
    return Release(task_definition=revision.task_definition, image=image, digest=found.image_digest or image.digest)


def before(releases: Sequence[Release], running: str) -> Release | None:
    """The newest release, of ``releases`` newest first, that is another than the running task definition's.

    A forced deployment repeats a release; a moved tag makes another one of the same task definition.
    """
    current = next((one for one in releases if one.task_definition == running), None)
    if current is None:
        return releases[0] if releases else None
    return next((one for one in releases if (one.task_definition, one.digest) != (running, current.digest)), None)
