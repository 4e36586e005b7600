"""Guide, section 4: image repositories."""

import json
from datetime import timedelta

from runbook_tui.core.site import Environment
from runbook_tui.simulator.image_blobs import NODE, SIZE, config, digest_of, keep
from runbook_tui.simulator.names import ENVIRONMENTS, SITE, tags_of
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

FORMER = "1.4.1"
VERSION = "1.4.2"
_PUSHED = {FORMER: 10, VERSION: 3}  # days ago: each with its weekly release
_LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "description": f"Keep the last {SITE.ecr.keep_images} images",
            "selection": {
                "tagStatus": "any",
                "countType": "imageCountMoreThan",
                "countNumber": SITE.ecr.keep_images,
            },
            "action": {"type": "expire"},
        }
    ]
}


def seed(world: World) -> None:
    world.call(
        "ecr",
        "PutRegistryScanningConfiguration",
        scanType="BASIC",
        rules=[
            {
                "scanFrequency": "SCAN_ON_PUSH",
                "repositoryFilters": [{"filter": "asharvi-backend-*", "filterType": "WILDCARD"}],
            }
        ],
    )
    for environment in ENVIRONMENTS.values():
        _repository(world, environment)


def image(world: World, environment: Environment, version: str = VERSION) -> str:
    return f"{world.account}.dkr.ecr.{world.region}.amazonaws.com/{environment.ecr_repo}:{version}"


def _repository(world: World, environment: Environment) -> None:
    name = environment.ecr_repo
    world.call(
        "ecr",
        "CreateRepository",
        repositoryName=name,
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "AES256"},
        tags=listed(tags_of(environment)),
    )
    world.call("ecr", "PutLifecyclePolicy", repositoryName=name, lifecyclePolicyText=json.dumps(_LIFECYCLE))
    for version, days in _PUSHED.items():
        with world.clock.during(world.began - timedelta(days=days)):
            push(world, name, version)


def push(world: World, repository: str, version: str, node: str = NODE) -> str:
    """The image with its configuration, as a client pushes both. Its digest."""
    keep(world, repository, config(repository, version, node))
    text = manifest(repository, version, node)
    pushed = world.call("ecr", "PutImage", repositoryName=repository, imageManifest=text, imageTag=version)
    return str(pushed["image"]["imageId"]["imageDigest"])


def manifest(repository: str, version: str, node: str = NODE) -> str:
    """The digest is the hash of this text, so that every version has its own."""
    media = "application/vnd.docker"
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": f"{media}.distribution.manifest.v2+json",
            "config": {
                "mediaType": f"{media}.container.image.v1+json",
                "size": SIZE,
                "digest": digest_of(config(repository, version, node)),
            },
            "layers": [
                {
                    "mediaType": f"{media}.image.rootfs.diff.tar.gzip",
                    "size": 41_200_000,
                    "digest": f"sha256:{(version + repository).encode().hex():0<64.64}",
                }
            ],
        }
    )
