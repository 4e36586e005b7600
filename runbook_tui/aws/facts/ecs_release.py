"""Facts of what a service ran before: revisions of its task definition and of itself. Members as ``ecs`` has them."""

import re
from typing import Final

from msgspec import Struct

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import LowerFact
from runbook_tui.aws.facts.moment import Moment

_REVISION: Final = re.compile(r"(?:arn:[^/]*:task-definition/)?(?P<family>[A-Za-z0-9_-]+):(?P<number>[0-9]{1,9})")


class Revision(Struct, frozen=True, kw_only=True):
    """One task definition: its family and number."""

    family: str
    number: int

    def __str__(self) -> str:
        return f"{self.family}:{self.number}"


class RevisionImage(LowerFact, frozen=True, kw_only=True):
    """``image_digest`` is what ECS pinned when the revision was made; empty for images it could not resolve."""

    container_name: str = ""
    image: str = ""
    image_digest: str = ""


class ServiceRevision(LowerFact, frozen=True, kw_only=True):
    """What a service deployment rolled out."""

    service_revision_arn: str
    task_definition: str = ""
    container_images: tuple[RevisionImage, ...] = ()
    created_at: Moment | None = None

    def image(self, container: str) -> RevisionImage:
        """Without name and digest where the revision has no such container."""
        return next((one for one in self.container_images if one.container_name == container), RevisionImage())


def read_revision(name: str) -> Revision:
    """``arn:…:task-definition/FAMILY:NUMBER`` or ``FAMILY:NUMBER``. Malformed for anything else."""
    found = _REVISION.fullmatch(name)
    if found is None:
        raise Malformed(f"{name} names no task definition", remedy="re-check")
    return Revision(family=found["family"], number=int(found["number"]))
