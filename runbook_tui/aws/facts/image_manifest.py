"""What an image says of itself: its manifest or index, and its configuration. Docker's and OCI's forms. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Final, Self

from msgspec import Struct, field

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import LowerFact, parse

INDEX_TYPES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MEDIA_TYPES: Final = (
    *INDEX_TYPES,
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
BASE_NAME: Final = "org.opencontainers.image.base.name"
# What task definitions call an architecture, in the words of images.
ARCHITECTURES: Final[Mapping[str, str]] = {"X86_64": "amd64", "ARM64": "arm64"}
_ODD: Final = "push the image again, and re-check"


class Platform(LowerFact, frozen=True, kw_only=True):
    architecture: str = ""
    os: str = ""


class Descriptor(LowerFact, frozen=True, kw_only=True):
    """Points at another part. An attestation of the build has the platform ``unknown``."""

    digest: str
    platform: Platform = Platform()


class Manifest(LowerFact, frozen=True, kw_only=True):
    """An index has ``manifests``; a manifest of one image has ``config``, and does not name its platform."""

    manifests: tuple[Descriptor, ...] | None = None
    config: Descriptor | None = None
    annotations: Mapping[str, str] = {}

    @classmethod
    def from_text(cls, text: Any) -> Self:
        return parse(_json(text), cls)

    @property
    def is_index(self) -> bool:
        return self.manifests is not None

    @property
    def architectures(self) -> tuple[str, ...]:
        """Of the Linux images that an index points at, as images name them: ``amd64``."""
        found = [one.platform for one in self.manifests or () if one.platform.os == "linux"]
        return tuple(sorted({one.architecture for one in found if one.architecture != "unknown"}))

    def image_for(self, architecture: str) -> str:
        """Digest of the index's image for this architecture; empty when it has none."""
        found = (one for one in self.manifests or () if one.platform.os == "linux")
        return next((one.digest for one in found if one.platform.architecture == architecture), "")


class _Given(LowerFact, frozen=True, kw_only=True):
    env: tuple[str, ...] | None = field(default=None, name="Env")
    labels: Mapping[str, str] | None = field(default=None, name="Labels")


class _Config(LowerFact, frozen=True, kw_only=True):
    config: _Given | None = None


class ImageConfig(Struct, frozen=True, kw_only=True):
    """``node_version`` as the official images set it, ``base_name`` as the label names it; empty where they are not.

    Its other variables stay unread: a build may have left a secret among them.
    """

    node_version: str = ""
    base_name: str = ""

    @classmethod
    def from_text(cls, text: Any) -> Self:
        given = parse(_json(text), _Config).config or _Given()
        pairs = (each.partition("=") for each in given.env or ())
        version = next((value for name, _, value in pairs if name == "NODE_VERSION"), "")
        return cls(node_version=version, base_name=(given.labels or {}).get(BASE_NAME, ""))


def _json(text: Any) -> Any:
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise Malformed("what the registry keeps of the image is not JSON", remedy=_ODD) from None
    if not isinstance(found, dict):
        raise Malformed("what the registry keeps of the image is no object", remedy=_ODD)
    return found
