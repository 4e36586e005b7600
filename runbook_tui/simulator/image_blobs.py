"""What the registry keeps beside manifests: the configurations of images, had by their digest from a bucket of AWS."""

import hashlib
import json
from collections.abc import Mapping

from runbook_tui.simulator.world import World

NODE = "24.11.1"


class Blobs:
    """By repository and digest."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}


def bucket(region: str) -> str:
    """The host of the bucket that ECR keeps layers in."""
    return f"prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com"


def put_config(world: World, repository: str, version: str, node: str = NODE) -> str:
    """Keeps the configuration of an image built on the official Node.js image, and gives its digest."""
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": "node",
            "ExposedPorts": {"3000/tcp": {}},
            "Env": [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                f"NODE_VERSION={node}",
                "YARN_VERSION=1.22.22",
            ],
            "Cmd": ["node", "server.js"],
            "Labels": {
                "org.opencontainers.image.base.name": f"docker.io/library/node:{node.partition('.')[0]}-alpine",
                "org.opencontainers.image.title": repository,
                "org.opencontainers.image.version": version,
            },
        },
    }
    return put_blob(world, repository, json.dumps(config).encode())


def put_blob(world: World, repository: str, blob: bytes) -> str:
    digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
    world.store(Blobs).kept[repository, digest] = blob
    return digest


def path_of(account: str, repository: str, digest: str) -> str:
    return f"/{account}/{repository}/{digest}"


def blob_at(world: World, path: str) -> bytes | None:
    """What lies under a path of the bucket."""
    blobs: Mapping[tuple[str, str], bytes] = world.store(Blobs).kept
    found = (blob for (repository, digest), blob in blobs.items() if path == path_of(world.account, repository, digest))
    return next(found, None)
