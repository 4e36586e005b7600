"""ECR: manifests as they are asked for, and where the parts of an image can be had."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.ecr.images import digest_of, repository_of
from runbook_tui.simulator.image_blobs import Blobs, bucket, path_of
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_SIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=simulated"


@overlay("ecr", "BatchGetImage")
def batch_get_image(world: World, parameters: Parameters) -> Reply:
    """What is not there is named among the failures, as it was asked for."""
    repository = repository_of(world, parameters["repositoryName"])
    images, failures = [], []
    for wanted in parameters["imageIds"]:
        found = [each for each in repository.images if _is(each, wanted)]
        images += [_told(world, repository.name, each, wanted) for each in found[:1]]
        if not found:
            reason = "Requested image not found"
            failures.append({"imageId": dict(wanted), "failureCode": "ImageNotFound", "failureReason": reason})
    return {"images": images, "failures": failures}


@overlay("ecr", "GetDownloadUrlForLayer")
def get_download_url_for_layer(world: World, parameters: Parameters) -> Reply:
    repository, digest = repository_of(world, parameters["repositoryName"]), parameters["layerDigest"]
    if (repository.name, digest) not in world.store(Blobs).kept:
        text = f"The layer with digest '{digest}' is not available in the repository with name '{repository.name}'"
        raise Refused("LayersNotFoundException", f"{text} in the registry with id '{world.account}'")
    path = path_of(world.account, repository.name, digest)
    return {"downloadUrl": f"https://{bucket(world.region)}{path}?{_SIGNED}", "layerDigest": digest}


def _is(image: Any, wanted: Mapping[str, str]) -> bool:
    digest, tag = wanted.get("imageDigest"), wanted.get("imageTag")
    return (digest is None or digest == digest_of(image)) and (tag is None or tag in image.image_tags)


def _told(world: World, repository: str, image: Any, wanted: Mapping[str, str]) -> dict[str, Any]:
    return {
        "registryId": world.account,
        "repositoryName": repository,
        "imageId": {**wanted, "imageDigest": digest_of(image)},
        "imageManifest": image.image_manifest,
        "imageManifestMediaType": image.image_manifest_media_type,
    }
