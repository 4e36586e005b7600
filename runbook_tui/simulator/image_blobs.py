"""What the registry keeps beside manifests: the configurations of images, had by their digest from a bucket of AWS."""

import hashlib
import json
from collections.abc import Mapping

from runbook_tui.simulator.world import World

NODE = "24.11.1"
SIZE = 7023  # bytes: with the history of its layers a configuration is about that long


class Blobs:
    """By repository and digest."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}


def bucket(region: str) -> str:
    """The host of the bucket that ECR keeps layers in."""
    return f"prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com"


def config(repository: str, version: str, node: str = NODE) -> bytes:
    """The configuration of an image that was built on the official image of Node.js."""
    given = {
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
    return json.dumps(given).ljust(SIZE).encode()


def digest_of(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


def keep(world: World, repository: str, blob: bytes) -> None:
    world.store(Blobs).kept[repository, digest_of(blob)] = blob


def path_of(account: str, repository: str, digest: str) -> str:
    return f"/{account}/{repository}/{digest}"


def blob_at(world: World, path: str) -> bytes | None:
    """What lies under a path of the bucket."""
    blobs: Mapping[tuple[str, str], bytes] = world.store(Blobs).kept
    found = (blob for (repository, digest), blob in blobs.items() if path == path_of(world.account, repository, digest))
    return next(found, None)
