"""ECR: images by the hash of their manifest, their sizes, their scans."""

from typing import Any

from runbook_tui.simulator.ecr import scans
from runbook_tui.simulator.ecr.images import (
    digest_of,
    image_of,
    is_index,
    manifest_of,
    pushed_at,
    repository_of,
    settle_digest,
    size_of,
    told_id,
)
from runbook_tui.simulator.ecr.vulnerabilities import told
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("ecr", "PutImage")
def move_tag(world: World, parameters: Parameters) -> Reply:
    """A tag that moves leaves the image that had it untagged; moto would delete it. All else is moto's."""
    repository = repository_of(world, parameters["repositoryName"])
    tag = parameters.get("imageTag")
    if repository.image_tag_mutability == "MUTABLE" and tag:
        for image in repository.images:
            if tag in image.image_tags and image.image_manifest != parameters["imageManifest"]:
                image.image_tags.remove(tag)
                image.image_tag = image.image_tags[-1] if image.image_tags else None
    return None


@after("ecr", "PutImage")
def put_image(world: World, parameters: Parameters) -> Reply:
    repository = repository_of(world, parameters["repositoryName"])
    image = next(one for one in repository.images if one.image_manifest == parameters["imageManifest"])
    settle_digest(image)
    asked = parameters.get("imageDigest")
    if asked and asked != digest_of(image):
        repository.images.remove(image)
        raise Refused("ImageDigestDoesNotMatchException", "The specified digest does not match the image's digest.")
    scans.on_push(world, repository, image)
    tag = parameters.get("imageTag")
    return {
        "image": {
            "registryId": world.account,
            "repositoryName": repository.name,
            "imageId": {"imageDigest": digest_of(image), **({"imageTag": tag} if tag else {})},
            "imageManifest": image.image_manifest,
            "imageManifestMediaType": image.image_manifest_media_type,
        }
    }


@after("ecr", "DeleteRepository")
def scans_go_with_their_repository(world: World, parameters: Parameters) -> Reply:
    scans.forget(world, parameters["repositoryName"])
    return None


@overlay("ecr", "DescribeImages")
def describe_images(world: World, parameters: Parameters) -> Reply:
    repository = repository_of(world, parameters["repositoryName"])
    wanted = parameters.get("imageIds")
    if wanted:
        if parameters.get("maxResults") or parameters.get("nextToken"):
            raise Refused("InvalidParameterException", "Invalid parameter: imageIds cannot be paged.")
        found = [image_of(world, repository, one) for one in wanted]
        return {"imageDetails": [_detail(world, repository.name, image) for image in dict.fromkeys(found)]}
    status = (parameters.get("filter") or {}).get("tagStatus", "ANY")
    listed = [image for image in repository.images if status == "ANY" or bool(image.image_tags) == (status == "TAGGED")]
    images, token = page(listed, parameters, size="maxResults", token="nextToken", limit=1000)  # noqa: S106
    return {"imageDetails": [_detail(world, repository.name, image) for image in images], "nextToken": token}


@overlay("ecr", "StartImageScan")
def start_image_scan(world: World, parameters: Parameters) -> Reply:
    repository, image = _asked(world, parameters)
    if is_index(image):
        raise Refused("UnsupportedImageTypeException", "An image index cannot be scanned: scan its images.")
    scans.by_hand(world, repository.name, digest_of(image))
    return {**_who(world, repository, image, parameters), "imageScanStatus": {"status": scans.IN_PROGRESS}}


@overlay("ecr", "DescribeImageScanFindings")
def describe_image_scan_findings(world: World, parameters: Parameters) -> Reply:
    repository, image = _asked(world, parameters)
    scan = scans.scan_of(world, repository.name, digest_of(image))
    if scan is None:
        wanted = parameters["imageId"]
        raise Refused(
            "ScanNotFoundException",
            f"Image scan does not exist for the image with "
            f"'{told_id(wanted.get('imageDigest'), wanted.get('imageTag'))}' in the repository with name "
            f"'{repository.name}' in the registry with id '{world.account}'",
        )
    answer = {**_who(world, repository, image, parameters), "imageScanStatus": scan.status}
    if scan.completed is None:
        return answer
    found, token = page(scan.found, parameters, size="maxResults", token="nextToken", limit=1000)  # noqa: S106
    return {
        **answer,
        "imageScanFindings": {**scan.summary, "findings": [told(one) for one in found]},
        "nextToken": token,
    }


def _asked(world: World, parameters: Parameters) -> tuple[Any, Any]:
    if world.backend("ecr").registry_scanning_configuration["scanType"] != "BASIC":
        raise not_simulated("ecr: enhanced scanning")
    repository = repository_of(world, parameters["repositoryName"])
    return repository, image_of(world, repository, parameters["imageId"])


def _who(world: World, repository: Any, image: Any, parameters: Parameters) -> dict[str, Any]:
    tag = parameters["imageId"].get("imageTag")
    return {
        "registryId": world.account,
        "repositoryName": repository.name,
        "imageId": {"imageDigest": digest_of(image), **({"imageTag": tag} if tag else {})},
    }


def _detail(world: World, repository: str, image: Any) -> dict[str, Any]:
    told_of: dict[str, Any] = {
        "registryId": world.account,
        "repositoryName": repository,
        "imageDigest": digest_of(image),
        "imageSizeInBytes": size_of(image),
        "imagePushedAt": pushed_at(image),
        "imageManifestMediaType": image.image_manifest_media_type,
    }
    if image.image_tags:
        told_of["imageTags"] = list(image.image_tags)
    artifact = manifest_of(image).get("config", {}).get("mediaType")
    if artifact:
        told_of["artifactMediaType"] = artifact
    scan = scans.scan_of(world, repository, digest_of(image))
    if scan is not None:
        told_of["imageScanStatus"] = scan.status
        if scan.completed is not None:
            told_of["imageScanFindingsSummary"] = scan.summary
    return told_of
