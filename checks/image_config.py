"""What a container's image was built on, as the image itself tells: read from its registry, part by part."""

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.image_manifest import BASE_NAME, ImageConfig
from runbook_tui.aws.facts.image_reference import ImageReference
from runbook_tui.aws.probe import Failure


class Unread(Struct, frozen=True, kw_only=True):
    """Why nothing is known of an image's configuration."""

    why: str


def image_config(aws: Aws, image: ImageReference, architecture: str) -> ImageConfig | Unread:
    """``architecture`` as images name it (``amd64``): of an index that is the image to look at."""
    manifest = aws.images.manifest(image)
    if manifest is not None and manifest.is_index:
        digest = manifest.image_for(architecture)
        if not digest:
            return Unread(why=f"its index has no image for linux/{architecture}")
        manifest = aws.images.manifest(replace(image, tag="", digest=digest))
    if manifest is None:
        return Unread(why="ECR has no such image")
    if manifest.config is None:
        return Unread(why="its manifest names no configuration")
    found = _downloaded(aws, image.repository, manifest.config.digest)
    base = manifest.annotations.get(BASE_NAME, "")
    return ImageConfig(base_name=base) if isinstance(found, Unread) and base else found


def _downloaded(aws: Aws, repository: str, digest: str) -> ImageConfig | Unread:
    try:
        url = aws.images.download_url(repository, digest)
    except Missing:
        return Unread(why="ECR does not have its configuration any more")
    found = aws.probe.get(url)
    if isinstance(found, Failure):
        return Unread(why=f"its configuration could not be downloaded ({found.kind})")
    if found.status != 200 or found.truncated:
        what = "is longer than 64 kB" if found.truncated else f"was answered with {found.status}"
        return Unread(why=f"its configuration {what}")
    return ImageConfig.from_text(found.body.decode("utf-8", "replace"))
