"""Images as ECR keeps them: found by tag or digest, described, and known by the hash of their manifest."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from runbook_tui.simulator.ecr.lifecycle import Kept
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World

_INDEXES = (
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)


def repository_of(world: World, name: str) -> Any:
    """moto's model. Raises Refused."""
    found = world.backend("ecr").repositories.get(name)
    if found is None:
        raise Refused(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry with id '{world.account}'",
        )
    return found


def image_of(world: World, repository: Any, wanted: Mapping[str, str]) -> Any:
    """By digest, tag or both. Raises Refused."""
    digest, tag = wanted.get("imageDigest"), wanted.get("imageTag")
    for image in repository.images:
        if (digest is None or digest == digest_of(image)) and (tag is None or tag in image.image_tags):
            return image
    raise Refused(
        "ImageNotFoundException",
        f"The image with imageId {told_id(digest, tag)} does not exist within the repository with name "
        f"'{repository.name}' in the registry with id '{world.account}'",
    )


def told_id(digest: str | None, tag: str | None) -> str:
    return f"{{imageDigest:'{digest or 'null'}', imageTag:'{tag or 'null'}'}}"


def digest_of(image: Any) -> str:
    return str(image.get_image_digest())


def settle_digest(image: Any) -> None:
    """The hash of the manifest's own bytes; moto hashes the names of its layers."""
    image._image_digest = f"sha256:{hashlib.sha256(image.image_manifest.encode()).hexdigest()}"  # noqa: SLF001 - no API


def manifest_of(image: Any) -> Any:
    return json.loads(image.image_manifest)


def is_index(image: Any) -> bool:
    """An image of several platforms: a list of others."""
    return image.image_manifest_media_type in _INDEXES


def size_of(image: Any) -> int:
    """Bytes as they are stored, compressed. An index is its own text."""
    if is_index(image):
        return len(image.image_manifest)
    manifest = manifest_of(image)
    parts = [*manifest.get("layers", ()), manifest.get("config", {})]
    return sum(int(part.get("size", 0)) for part in parts)


def pushed_at(image: Any) -> datetime:
    return datetime.fromtimestamp(image.image_pushed_at, UTC)


def kept(repository: Any) -> list[Kept]:
    """What a lifecycle policy looks at."""
    indexes = [image for image in repository.images if is_index(image)]
    referenced = {str(one.get("digest")) for image in indexes for one in manifest_of(image).get("manifests", ())}
    return [
        Kept(
            digest=digest_of(image),
            pushed=pushed_at(image),
            tags=tuple(image.image_tags),
            referenced=digest_of(image) in referenced,
        )
        for image in repository.images
    ]


def remove(repository: Any, digests: Sequence[str]) -> None:
    gone = set(digests)
    repository.images[:] = [image for image in repository.images if digest_of(image) not in gone]
