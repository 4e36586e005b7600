"""What ``ecr`` says about images. Each method is one API request, made once a sweep."""

from typing import Any, Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.border import LowerFact, missing_is, parse_all
from runbook_tui.aws.facts.ecr import REPOSITORY
from runbook_tui.aws.facts.image_findings import Findings, read_findings
from runbook_tui.aws.facts.image_manifest import MEDIA_TYPES, Manifest
from runbook_tui.aws.facts.image_reference import ImageReference
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment

IMAGE: Final = "ecr:image"
SCAN: Final = "ecr:scan"
_ABSENT: Final = ("ImageNotFound", "ImageTagDoesNotMatchDigest")


class _ImageId(LowerFact, frozen=True, kw_only=True):
    image_digest: str = ""


class _Found(LowerFact, frozen=True, kw_only=True):
    image_id: _ImageId = _ImageId()
    image_manifest: str


class _Failure(LowerFact, frozen=True, kw_only=True):
    failure_code: str = ""
    failure_reason: str = ""


class ImageDetail(LowerFact, frozen=True, kw_only=True):
    """``image_tags`` are those that point at it now."""

    image_digest: str
    image_tags: tuple[str, ...] = ()
    image_pushed_at: Moment | None = None


class ImageFacts:
    """Repositories of the site's own account and region."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def manifest(self, image: ImageReference) -> Manifest | None:
        """As it was pushed: an index stays one. None when ECR has no such image. Missing ``ecr:repository``."""
        asked: dict[str, Any] = {"imageIds": [image.image_id], "acceptedMediaTypes": list(MEDIA_TYPES)}
        with missing_is(REPOSITORY, image.repository):
            answer = self._reader.read("ecr", "batch_get_image", repositoryName=image.repository, **asked)
        if listed(answer, "images", _Found):
            # not a fact's member, which ends after 2048 characters: ten layers are longer
            return Manifest.from_text(answer["images"][0]["imageManifest"])
        for failure in parse_all(answer, "failures", _Failure):
            if failure.failure_code not in _ABSENT:
                raise Malformed(
                    f"ECR gave no image: {failure.failure_code} {failure.failure_reason}", remedy="re-check"
                )
        return None

    def detail(self, image: ImageReference) -> ImageDetail | None:
        """None when ECR has no such image. Missing ``ecr:repository``."""
        asked = {"repositoryName": image.repository, "imageIds": [image.image_id]}
        try:
            answer = self._reader.read("ecr", "describe_images", **asked)
        except Missing as problem:
            if problem.kind == REPOSITORY:
                raise
            return None
        return next(iter(listed(answer, "imageDetails", ImageDetail)), None)

    def all(self, repository: str) -> tuple[ImageDetail, ...]:
        """Of all tags and of none. Missing ``ecr:repository``."""
        with missing_is(REPOSITORY, repository):
            answer = self._reader.read("ecr", "describe_images", repositoryName=repository)
        return listed(answer, "imageDetails", ImageDetail)

    def findings(self, image: ImageReference) -> Findings | None:
        """None when it was never scanned. Missing ``ecr:repository`` or ``ecr:image``."""
        asked = {"repositoryName": image.repository, "imageId": image.image_id}
        try:
            return read_findings(self._reader.read("ecr", "describe_image_scan_findings", **asked))
        except Missing as problem:
            if problem.kind == SCAN:
                return None
            kind = problem.kind if problem.kind == IMAGE else REPOSITORY
            name = image.repository if kind == REPOSITORY else image.label
            raise Missing(kind, name, remedy=problem.remedy, service="ecr") from None

    def download_url(self, repository: str, digest: str) -> str:
        """Where a layer or a configuration can be had for a while. It is signed: never evidence."""
        asked = {"repositoryName": repository, "layerDigest": digest}
        with missing_is(IMAGE, digest):
            answer = self._reader.read("ecr", "get_download_url_for_layer", **asked)
        url = answer.get("downloadUrl")
        if not isinstance(url, str) or not url.startswith("https://"):
            raise Malformed("ECR answered no download address", remedy="re-check")
        return url
