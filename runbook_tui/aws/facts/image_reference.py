"""Container images as task definitions name them: ``HOST/REPOSITORY:TAG``, ``…@sha256:…`` or both. Pure."""

import re
from typing import Final

from msgspec import Struct

_ECR: Final = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)
_DOCKER_HUB: Final = "docker.io"


class ImageReference(Struct, frozen=True, kw_only=True):
    """What the reference leaves out is empty; so are ``account`` and ``region`` where the host is not ECR's."""

    host: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def account(self) -> str:
        found = _ECR.fullmatch(self.host)
        return found["account"] if found else ""

    @property
    def region(self) -> str:
        found = _ECR.fullmatch(self.host)
        return found["region"] if found else ""

    @property
    def pinned(self) -> bool:
        """It means one image for ever, whatever is pushed."""
        return bool(self.digest)

    @property
    def label(self) -> str:
        """Without its host: ``repository:tag`` or ``repository@sha256:…``."""
        return f"{self.repository}@{self.digest}" if self.digest else f"{self.repository}:{self.tag or 'latest'}"

    @property
    def image_id(self) -> dict[str, str]:
        """As ECR is asked for it; a reference with neither tag nor digest means ``latest``."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag or "latest"}

    def is_of(self, account: str, region: str) -> bool:
        return (self.account, self.region) == (account, region)


def read_image(text: str) -> ImageReference:
    """Any text can be read: what names no registry is Docker Hub's, as Docker has it."""
    name, _, digest = text.strip().partition("@")
    head, slash, rest = name.partition("/")
    if slash and (head == "localhost" or "." in head or ":" in head):
        host, path = head, rest
    else:
        host, path = _DOCKER_HUB, name
    repository, colon, tag = path.rpartition(":")
    if not colon:
        repository, tag = path, ""
    return ImageReference(host=host, repository=repository, tag=tag, digest=digest)
